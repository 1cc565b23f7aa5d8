import { appendAudit } from "../audit/append-audit.ts";
import { enterOrganization, withPerson } from "../db.ts";

/**
 * Tells every organization of a person, in its audit log, that they signed in or out, that somebody failed to as them,
 * or that they connected or disconnected their account on GitHub.
 */
export function recordSignIn(input: {
  userId: string;
  action:
    | "member.signed-in"
    | "member.signed-out"
    | "member.sign-in-failed"
    | "member.github-connected"
    | "member.github-disconnected";
  address: string | null;
  details?: { method?: string; userAgent?: string | null; login?: string; via?: string };
}): Promise<void> {
  const { userId, action, address, details } = input;
  return withPerson({ userId }, async (tx) => {
    const user = await tx.user.findUnique({ where: { id: userId }, select: { name: true } });
    if (!user) return;
    const memberships = await tx.membership.findMany({
      where: { userId },
      select: { organizationId: true },
      // Always in this order: two of them must not wait for one another's chains.
      orderBy: { organizationId: "asc" },
    });
    const { name } = user;
    // Who failed to prove it is not known to be them.
    const actor =
      action === "member.sign-in-failed"
        ? { kind: "system" as const, id: null, name: "Plumbline" }
        : { kind: "person" as const, id: userId, name };
    for (const { organizationId } of memberships) {
      await enterOrganization(tx, organizationId);
      const subject = { kind: "member", id: userId, name };
      await appendAudit(tx, { organizationId, actor, address, action, subject, details: { ...details } });
    }
  });
}
