import { randomBytes } from "node:crypto";
import type { Context } from "../auth/context.ts";
import { contextFor } from "../auth/organization-context.ts";
import type { SignedIn } from "../auth/sessions.ts";
import { type Transaction, withOrganization } from "../db.ts";
import { AppError } from "../errors.ts";
import { sha256 } from "../secrets.ts";

/** What a person goes to GitHub for. */
export type Purpose = "create-app" | "connect";

const minutes = 60;

/** Remembers that this session goes to GitHub, and answers the state that must come back with it. */
export async function beginFlow(tx: Transaction, ctx: Context, purpose: Purpose): Promise<string> {
  const { organizationId, sessionId } = ctx;
  if (!sessionId) throw new AppError("forbidden", "Only a signed-in person can go to GitHub for this.");
  const state = `${organizationId}.${randomBytes(24).toString("base64url")}`;
  const now = new Date();
  await tx.githubFlow.deleteMany({ where: { organizationId, expiresAt: { lt: now } } });
  const expiresAt = new Date(now.getTime() + minutes * 60_000);
  await tx.githubFlow.create({
    data: { organizationId, stateHash: sha256(state), sessionId, purpose, expiresAt },
  });
  return state;
}

/**
 * Who comes back from GitHub, and where to: the state must have been given to this very session, for this
 * purpose, within the hour, and is spent by asking. Throws `forbidden`.
 */
export async function endFlow(call: {
  signedIn: SignedIn | null;
  state: string;
  purpose: Purpose;
  address: string | null;
}): Promise<Context> {
  const { signedIn, state, purpose, address } = call;
  const organizationId = /^([0-9a-f-]{36})\.[\w-]{32}$/.exec(state)?.[1];
  if (!organizationId) throw refused();
  const ctx = contextFor(signedIn, organizationId, address);
  const { count } = await withOrganization(organizationId, (tx) =>
    tx.githubFlow.deleteMany({
      where: {
        ...{ organizationId, purpose, stateHash: sha256(state) },
        ...{ sessionId: ctx.sessionId ?? "", expiresAt: { gt: new Date() } },
      },
    }),
  );
  if (count !== 1) throw refused();
  return ctx;
}

const refused = () =>
  new AppError(
    "forbidden",
    "This way back from GitHub was not begun here, was used already, or is older than an hour. Begin again on the page Repositories.",
  );
