import { withoutOrganization } from "../db.ts";
import { env } from "../env.ts";
import { GitHostError, refreshPersonToken } from "../git-hosts/index.ts";
import { findClient, openToken, sealToken } from "./identity.ts";

/** A token that ends while a job runs is of no use. */
const spareMs = 5 * 60_000;

/** The token to act with as a person on GitHub, renewed where it ends; null where they connected none that still works. */
export async function findPersonToken(
  userId: string,
  now = new Date(),
): Promise<{ login: string; token: string } | null> {
  const { row, client } = await withoutOrganization(async (tx) => ({
    row: await tx.githubIdentity.findUnique({ where: { userId } }),
    client: await findClient(tx),
  }));
  if (!row || row.problem) return null;
  const kept = openToken(userId, row.tokenEncrypted);
  if (!kept.expiresAt || kept.expiresAt.getTime() - spareMs > now.getTime())
    return { login: row.login, token: kept.token };
  if (!kept.refreshToken || client?.clientId !== row.clientId) {
    await noteProblem(userId, row.tokenEncrypted);
    return null;
  }
  const { GITHUB_API_URL: apiUrl, GITHUB_WEB_URL: webUrl } = env();
  const { clientId, clientSecret } = client;
  const renewed = await refreshPersonToken(
    { apiUrl },
    { webUrl, clientId, clientSecret, refreshToken: kept.refreshToken },
  );
  if (!renewed) {
    // Each refresh token is good once: another job may have been the one to use it.
    if (await noteProblem(userId, row.tokenEncrypted)) return null;
    return findPersonToken(userId, now);
  }
  await withoutOrganization((tx) =>
    tx.githubIdentity.updateMany({
      where: { userId, tokenEncrypted: row.tokenEncrypted },
      data: { tokenEncrypted: sealToken(userId, renewed) },
    }),
  );
  return { login: row.login, token: renewed.token };
}

/** Notes that GitHub no longer takes a token; false where it was replaced meanwhile. */
export async function noteProblem(
  userId: string,
  tokenEncrypted?: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const { count } = await withoutOrganization((tx) =>
    tx.githubIdentity.updateMany({
      where: { userId, ...(tokenEncrypted ? { tokenEncrypted } : {}) },
      data: { problem: "GitHub no longer accepts it: it was revoked, or has ended. Connect again." },
    }),
  );
  return count > 0;
}

/** Whether a refusal is about the token itself. */
export const isRefused = (error: unknown) => error instanceof GitHostError && error.code === "unauthorized";
