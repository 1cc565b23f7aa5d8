import { appendAudit } from "../audit/append-audit.ts";
import { type Context, requireRole } from "../auth/context.ts";
import { type Transaction, withOrganization } from "../db.ts";
import { AppError } from "../errors.ts";
import { notifyLive } from "../events.ts";
import type { Role } from "./schemas.ts";

/** Gives a member another role; an organization keeps at least one admin. Needs admin. */
export async function changeRole({
  ctx,
  input,
}: {
  ctx: Context;
  input: { userId: string; role: Role };
}): Promise<void> {
  requireRole(ctx, "admin");
  const { organizationId, actor, address } = ctx;
  await withOrganization(organizationId, async (tx) => {
    const member = await lockMember(tx, organizationId, input.userId);
    if (member.role === input.role) return;
    if (member.role === "admin") await requireAnotherAdmin(tx, organizationId, input.userId);
    const where = { organizationId_userId: { organizationId, userId: input.userId } };
    await tx.membership.update({ where, data: { role: input.role } });
    const subject = { kind: "member", id: input.userId, name: member.name };
    const details = { from: member.role, to: input.role };
    await appendAudit(tx, {
      organizationId,
      actor,
      address,
      action: "member.role-changed",
      subject,
      details,
    });
    await notifyLive(tx, organizationId, [{ topic: "member", id: input.userId }]);
  });
}

/** Takes a member out of the organization, from their next request on. Needs admin; anybody may leave. */
export async function removeMember({
  ctx,
  input,
}: {
  ctx: Context;
  input: { userId: string };
}): Promise<void> {
  if (ctx.actor.id !== input.userId) requireRole(ctx, "admin");
  const { organizationId, actor, address } = ctx;
  await withOrganization(organizationId, async (tx) => {
    const member = await lockMember(tx, organizationId, input.userId);
    if (member.role === "admin") await requireAnotherAdmin(tx, organizationId, input.userId);
    await tx.membership.delete({
      where: { organizationId_userId: { organizationId, userId: input.userId } },
    });
    const subject = { kind: "member", id: input.userId, name: member.name };
    await appendAudit(tx, { organizationId, actor, address, action: "member.removed", subject });
    await notifyLive(tx, organizationId, [{ topic: "member", id: input.userId }]);
  });
}

/** Ends a session of a member, from its next request on. Needs admin; anybody may end their own. */
export async function revokeSession({
  ctx,
  input,
}: {
  ctx: Context;
  input: { sessionId: string };
}): Promise<void> {
  const { organizationId, actor, address } = ctx;
  await withOrganization(organizationId, async (tx) => {
    const session = /^[0-9a-f-]{36}$/.test(input.sessionId)
      ? await tx.session.findUnique({ where: { id: input.sessionId }, include: { user: true } })
      : null;
    const member =
      session && (await tx.membership.findFirst({ where: { organizationId, userId: session.userId } }));
    if (!session || !member)
      throw new AppError("not-found", "No member of this organization has such a session.");
    if (session.userId !== actor.id) requireRole(ctx, "admin");
    if (session.revokedAt) return;
    await tx.session.update({ where: { id: session.id }, data: { revokedAt: new Date() } });
    const subject = { kind: "member", id: session.userId, name: session.user.name };
    await appendAudit(tx, { organizationId, actor, address, action: "session.revoked", subject });
    await notifyLive(tx, organizationId, [{ topic: "member", id: session.userId }]);
  });
}

async function lockMember(
  tx: Transaction,
  organizationId: string,
  userId: string,
): Promise<{ role: Role; name: string }> {
  // All of them: two admins who demote each other at once must not both succeed.
  const members = await tx.$queryRaw<{ userId: string; role: Role; name: string }[]>`
    select m.user_id as "userId", m.role, u.name from memberships m join users u on u.id = m.user_id
    where m.organization_id = ${organizationId}::uuid and (m.role = 'admin' or m.user_id::text = ${userId})
    order by m.user_id for update of m`;
  const member = members.find((one) => one.userId === userId);
  if (!member) throw new AppError("not-found", "There is no such member in this organization.");
  return member;
}

async function requireAnotherAdmin(tx: Transaction, organizationId: string, userId: string) {
  const others = await tx.membership.count({
    where: { organizationId, role: "admin", userId: { not: userId } },
  });
  if (others === 0)
    throw new AppError("conflict", "The organization needs an admin; make somebody else one first.");
}
