import { type Context, requireRole } from "../auth/context.ts";
import { recordSignIn } from "../auth/record-sign-in.ts";
import { withOrganization, withoutOrganization } from "../db.ts";
import { env } from "../env.ts";
import { AppError } from "../errors.ts";
import { exchangeCode, GitHostError, type Person, readPerson } from "../git-hosts/index.ts";
import { beginFlow } from "../github-app/flow.ts";
import type { GithubAddress } from "../github-app/schemas.ts";
import { type Client, findClient, sealToken } from "./identity.ts";

/** Begins a way to GitHub to have one's own pull requests opened as oneself. Needs operator. */
export async function startIdentity({ ctx }: { ctx: Context }): Promise<GithubAddress> {
  requireRole(ctx, "operator");
  return withOrganization(ctx.organizationId, async (tx) => {
    const { kind, clientId, redirectUri } = required(await findClient(tx));
    const state = await beginFlow(tx, ctx, "identity");
    const query = new URLSearchParams({ client_id: clientId, redirect_uri: redirectUri, state });
    if (kind === "oauth") query.set("scope", "repo");
    return { url: `${env().GITHUB_WEB_URL}/login/oauth/authorize?${query}` };
  });
}

/**
 * Keeps the token that GitHub gives the person who came back, encrypted; `ctx` is of the flow that began it. One who
 * signs in with GitHub must come back as the same account. Answers its login.
 */
async function finishIdentity({ ctx, code }: { ctx: Context; code: string }): Promise<string> {
  requireRole(ctx, "operator");
  const { GITHUB_API_URL: apiUrl, GITHUB_WEB_URL: webUrl } = env();
  const userId = ctx.actor.id;
  if (ctx.actor.kind !== "person" || !userId)
    throw new AppError("forbidden", "Only a person has an identity.");
  const { client, account } = await withoutOrganization(async (tx) => ({
    client: required(await findClient(tx)),
    account: await tx.account.findFirst({ where: { userId, provider: new URL(webUrl).host } }),
  }));
  const { clientId, clientSecret, redirectUri } = client;
  const token = await said(() =>
    exchangeCode({ apiUrl }, { webUrl, clientId, clientSecret, code, redirectUri }),
  );
  if (!token) throw new AppError("invalid", "GitHub does not know this code (any more). Begin again.");
  const person: Person = await said(() => readPerson({ apiUrl }, token.token));
  if (account && account.providerAccountId !== String(person.id))
    throw new AppError(
      "invalid",
      `You sign in as ${account.login} on GitHub and came back as ${person.login}. Sign in to GitHub as ${account.login}, and begin again.`,
    );
  const data = {
    ...{ accountId: String(person.id), login: person.login, via: client.kind, clientId },
    ...{ tokenEncrypted: sealToken(userId, token), problem: null, connectedAt: new Date() },
  };
  await withoutOrganization((tx) =>
    tx.githubIdentity.upsert({ where: { userId }, update: data, create: { userId, ...data } }),
  );
  const { address } = ctx;
  await recordSignIn({
    ...{ userId, address, action: "member.github-connected" },
    details: { login: person.login, via: client.kind },
  });
  return person.login;
}

function required(client: Client | null): Client {
  if (client) return client;
  throw new AppError(
    "not-found",
    "This Plumbline has neither a GitHub App nor a GitHub sign-in to ask with; its operator can set one up.",
  );
}

async function said<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof GitHostError)) throw cause;
    throw new AppError(cause.retryable ? "unavailable" : "invalid", `${cause.message}. ${cause.nextStep}`, {
      cause,
    });
  }
}

/** `finishIdentity` as a way back from GitHub says it. */
export const identityConnected = async (call: { ctx: Context; code: string }): Promise<string> =>
  `Pull requests that you ask for are opened as ${await finishIdentity(call)} on GitHub from now on.`;
