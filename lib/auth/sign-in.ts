import { randomUUID } from "node:crypto";
import { appendAudit } from "../audit/append-audit.ts";
import { enterOrganization, isUniqueViolation, withoutOrganization, withPerson } from "../db.ts";
import { log } from "../log.ts";
import { verifyPassword } from "./passwords.ts";
import { RateLimit } from "./rate-limit.ts";
import { recordSignIn } from "./record-sign-in.ts";

const perAccount = new RateLimit(10, 15 * 60_000);
const perAddress = new RateLimit(50, 15 * 60_000);

/** The user with this e-mail and password, or null; also null once there were too many attempts. */
export async function signInWithPassword(input: {
  email: string;
  password: string;
  address: string | null;
}): Promise<{ id: string; name: string } | null> {
  const email = input.email.trim().toLowerCase();
  const now = Date.now();
  if (!perAccount.take(email, now) || !perAddress.take(input.address ?? "unknown", now)) return null;
  const user = await withoutOrganization((tx) => tx.user.findUnique({ where: { email } }));
  const right = await verifyPassword(input.password.slice(0, 200), user?.passwordHash ?? null);
  if (user && !right) {
    const { address } = input;
    // Not waited for: how long the answer takes must not tell whether there is such an account.
    recordSignIn({
      userId: user.id,
      action: "member.sign-in-failed",
      address,
      details: { method: "password" },
    }).catch((err) => log().error({ err }, "a failed sign-in could not be written into the audit log"));
  }
  return user && right ? { id: user.id, name: user.name } : null;
}

type Identity = {
  provider: string;
  accountId: string;
  login: string;
  name: string;
  /** Only where the provider has verified it. */
  email: string | null;
  avatarUrl: string | null;
};

/**
 * The user behind a proven identity, made at the first sign-in. A pending invitation to the person's
 * verified e-mail address makes them a member.
 */
export async function signInWithIdentity(identity: Identity): Promise<{ id: string }> {
  const found = await findOrCreate(identity).catch((error) => {
    if (isUniqueViolation(error)) return findOrCreate(identity);
    throw error;
  });
  await acceptInvitations(found, identity.email?.toLowerCase() ?? null);
  return { id: found.id };
}

function findOrCreate(identity: Identity) {
  const email = identity.email?.toLowerCase() ?? null;
  const { provider, accountId: providerAccountId } = identity;
  return withoutOrganization(async (tx) => {
    const account = await tx.account.findUnique({
      where: { provider_providerAccountId: { provider, providerAccountId } },
      include: { user: true },
    });
    if (account) return account.user;
    // A password account is not joined to: whoever controls the other account could take it over.
    const taken = email ? await tx.user.findUnique({ where: { email } }) : null;
    return tx.user.create({
      data: {
        id: randomUUID(),
        name: identity.name,
        email: taken ? null : email,
        avatarUrl: identity.avatarUrl,
        accounts: { create: { provider, providerAccountId, login: identity.login } },
      },
    });
  });
}

async function acceptInvitations(user: { id: string; name: string }, email: string | null) {
  if (!email) return;
  await withPerson({ userId: user.id, email }, async (tx) => {
    const pending = await tx.invitation.findMany({ where: { email, acceptedAt: null } });
    for (const { organizationId, id, role } of pending) {
      await enterOrganization(tx, organizationId);
      await tx.membership.createMany({
        data: { organizationId, userId: user.id, role },
        skipDuplicates: true,
      });
      await tx.invitation.updateMany({ where: { organizationId, id }, data: { acceptedAt: new Date() } });
      await appendAudit(tx, {
        organizationId,
        actor: { kind: "person", id: user.id, name: user.name },
        action: "member.joined",
        subject: { kind: "member", id: user.id, name: user.name },
        details: { role },
      });
    }
  });
}
