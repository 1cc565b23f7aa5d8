import { randomUUID } from "node:crypto";
import { appendAudit } from "../audit/append-audit.ts";
import { type Context, requireRole } from "../auth/context.ts";
import { withOrganization } from "../db.ts";
import { AppError } from "../errors.ts";
import { notifyLive } from "../events.ts";
import type { InviteInput } from "./schemas.ts";

/**
 * Asks somebody to join by their e-mail address; they do when they next sign in with it verified.
 * Asking again changes the role. Needs admin.
 */
export async function inviteMember({
  ctx,
  input,
}: {
  ctx: Context;
  input: InviteInput;
}): Promise<{ id: string }> {
  requireRole(ctx, "admin");
  const { organizationId, actor, address } = ctx;
  const email = input.email.toLowerCase();
  return withOrganization(organizationId, async (tx) => {
    if (await tx.membership.findFirst({ where: { organizationId, user: { email } } }))
      throw new AppError("conflict", `${email} is a member already.`);
    const { id } = await tx.invitation.upsert({
      where: { organizationId_email: { organizationId, email } },
      update: { role: input.role, acceptedAt: null },
      create: {
        organizationId,
        id: randomUUID(),
        email,
        role: input.role,
        invitedBy: actor.id ?? organizationId,
      },
    });
    const subject = { kind: "invitation", id, name: email };
    await appendAudit(tx, {
      organizationId,
      actor,
      address,
      action: "member.invited",
      subject,
      details: { role: input.role },
    });
    await notifyLive(tx, organizationId, [{ topic: "member", id }]);
    return { id };
  });
}

/** Takes an invitation back. Needs admin. */
export async function withdrawInvitation({
  ctx,
  input,
}: {
  ctx: Context;
  input: { id: string };
}): Promise<void> {
  requireRole(ctx, "admin");
  const { organizationId, actor, address } = ctx;
  await withOrganization(organizationId, async (tx) => {
    const invitation = /^[0-9a-f-]{36}$/.test(input.id)
      ? await tx.invitation.findUnique({ where: { organizationId_id: { organizationId, id: input.id } } })
      : null;
    if (!invitation || invitation.acceptedAt)
      throw new AppError("not-found", "There is no such pending invitation.");
    await tx.invitation.delete({ where: { organizationId_id: { organizationId, id: input.id } } });
    const subject = { kind: "invitation", id: input.id, name: invitation.email };
    await appendAudit(tx, { organizationId, actor, address, action: "member.uninvited", subject });
    await notifyLive(tx, organizationId, [{ topic: "member", id: input.id }]);
  });
}
