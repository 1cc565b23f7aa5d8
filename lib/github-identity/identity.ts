import type { Context } from "../auth/context.ts";
import { requireRole } from "../auth/context.ts";
import { type Transaction, withoutOrganization } from "../db.ts";
import { env } from "../env.ts";
import type { PersonToken } from "../git-hosts/index.ts";
import { findApp } from "../github-app/find-app.ts";
import { open, seal } from "../secrets.ts";
import type { GithubIdentity } from "./schemas.ts";

/** How this Plumbline can ask GitHub for a person's token: through its App, else through its OAuth application. */
export type Client = { kind: "app" | "oauth"; clientId: string; clientSecret: string; redirectUri: string };

/** The App asks for no more than it was granted where it is installed; the OAuth application knows only wide scopes. */
export async function findClient(tx: Transaction): Promise<Client | null> {
  const { PLUMBLINE_URL, GITHUB_CLIENT_ID, GITHUB_CLIENT_SECRET } = env();
  const app = await findApp(tx);
  if (app) {
    const { clientId, clientSecret } = app;
    return { kind: "app", clientId, clientSecret, redirectUri: `${PLUMBLINE_URL}/api/github/installed` };
  }
  if (!GITHUB_CLIENT_ID || !GITHUB_CLIENT_SECRET) return null;
  return {
    ...{ kind: "oauth", clientId: GITHUB_CLIENT_ID, clientSecret: GITHUB_CLIENT_SECRET },
    // GitHub takes what lies below the address that the application has for signing in.
    redirectUri: `${PLUMBLINE_URL}/api/auth/callback/github/identity`,
  };
}

const GRANTS: Record<Client["kind"], string> = {
  app: "Plumbline may then do as you what its GitHub App may do in the repositories it is installed on, and you may do yourself.",
  oauth:
    "GitHub has no narrower right for this than access to your repositories; Plumbline uses it to open pull requests that you ask for, and for nothing else.",
};

/** The viewer's own identity on GitHub, without its token. Needs operator, as only they open pull requests. */
export async function getIdentity({ ctx }: { ctx: Context }): Promise<GithubIdentity> {
  requireRole(ctx, "operator");
  const { id } = ctx.actor;
  return withoutOrganization(async (tx) => {
    const client = await findClient(tx);
    const row = id ? await tx.githubIdentity.findUnique({ where: { userId: id } }) : null;
    return {
      login: row?.login ?? null,
      connectedAt: row?.connectedAt.toISOString() ?? null,
      problem: row?.problem ?? null,
      grants: client && GRANTS[client.kind],
    };
  });
}

const context = (userId: string) => `github-identity:${userId}`;

/** A person's token as it is stored: encrypted, and opening for no other person. */
export const sealToken = (userId: string, token: PersonToken) =>
  new Uint8Array(seal(JSON.stringify(token), context(userId)));

/** What `sealToken` made. */
export function openToken(userId: string, sealed: Uint8Array): PersonToken {
  const { token, refreshToken, expiresAt } = JSON.parse(open(sealed, context(userId)));
  return { token, refreshToken, expiresAt: expiresAt && new Date(expiresAt) };
}
