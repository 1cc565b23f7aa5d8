import { type Context, requireRole } from "../auth/context.ts";
import { recordSignIn } from "../auth/record-sign-in.ts";
import { withoutOrganization } from "../db.ts";
import { env } from "../env.ts";
import { GitHostError, revokePersonToken } from "../git-hosts/index.ts";
import { log } from "../log.ts";
import { findClient, getIdentity, openToken } from "./identity.ts";
import type { GithubIdentity } from "./schemas.ts";

/** Forgets the viewer's token, and has GitHub forget it, too, as far as GitHub answers. */
export async function disconnectIdentity({ ctx }: { ctx: Context }): Promise<GithubIdentity> {
  requireRole(ctx, "operator");
  const userId = ctx.actor.id ?? "";
  const { row, client } = await withoutOrganization(async (tx) => {
    const [one] = await tx.githubIdentity.findMany({ where: { userId } });
    if (one) await tx.githubIdentity.delete({ where: { userId } });
    return { row: one, client: await findClient(tx) };
  });
  if (row) {
    const { address } = ctx;
    await recordSignIn({
      ...{ userId, address, action: "member.github-disconnected" },
      details: { login: row.login },
    });
    if (client?.clientId === row.clientId)
      await revokePersonToken(
        { apiUrl: env().GITHUB_API_URL, retries: 0 },
        { ...client, token: openToken(userId, row.tokenEncrypted).token },
      ).catch((err: unknown) => {
        // It is forgotten here, and ends there by itself.
        if (!(err instanceof GitHostError)) throw err;
        log().warn({ err }, "GitHub did not revoke a token that was disconnected");
      });
  }
  return getIdentity({ ctx });
}
