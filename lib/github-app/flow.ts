import { randomBytes } from "node:crypto";
import type { Context } from "../auth/context.ts";
import { contextFor } from "../auth/organization-context.ts";
import type { SignedIn } from "../auth/sessions.ts";
import { type Transaction, withOrganization } from "../db.ts";
import { AppError } from "../errors.ts";
import { sha256 } from "../secrets.ts";

/** What a person goes to GitHub for. */
export type Purpose = "create-app" | "connect" | "identity";

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
 * Who comes back from GitHub, and where to: the state must have been given to this very session, for one of
 * these purposes, within the hour, and is spent by asking. Throws `forbidden`.
 */
export async function endFlow(call: {
  signedIn: SignedIn | null;
  state: string;
  /** What may have been begun. */
  purposes: readonly Purpose[];
  address: string | null;
}): Promise<{ ctx: Context; purpose: Purpose }> {
  const { signedIn, state, purposes, address } = call;
  const organizationId = /^([0-9a-f-]{36})\.[\w-]{32}$/.exec(state)?.[1];
  if (!organizationId) throw refused();
  const ctx = contextFor(signedIn, organizationId, address);
  const purpose = await withOrganization(organizationId, async (tx) => {
    const where = {
      ...{ organizationId, purpose: { in: [...purposes] }, stateHash: sha256(state) },
      ...{ sessionId: ctx.sessionId ?? "", expiresAt: { gt: new Date() } },
    };
    const begun = await tx.githubFlow.findFirst({ where, select: { purpose: true } });
    const { count } = await tx.githubFlow.deleteMany({ where });
    return count === 1 ? begun?.purpose : undefined;
  });
  const known = purposes.find((one) => one === purpose);
  if (!known) throw refused();
  return { ctx, purpose: known };
}

const refused = () =>
  new AppError(
    "forbidden",
    "This way back from GitHub was not begun here, was used already, or is older than an hour. Begin again on the page Repositories.",
  );
