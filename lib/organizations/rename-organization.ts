import { appendAudit } from "../audit/append-audit.ts";
import { type Context, requireRole } from "../auth/context.ts";
import { withOrganization } from "../db.ts";
import { notifyLive } from "../events.ts";
import type { CreateOrganizationInput } from "./schemas.ts";

/** Gives the organization another name; its address stays. Needs admin. */
export async function renameOrganization({
  ctx,
  input,
}: {
  ctx: Context;
  input: CreateOrganizationInput;
}): Promise<void> {
  requireRole(ctx, "admin");
  const { organizationId, actor, address } = ctx;
  await withOrganization(organizationId, async (tx) => {
    const before = await tx.organization.findUniqueOrThrow({ where: { id: organizationId } });
    await tx.organization.update({ where: { id: organizationId }, data: { name: input.name } });
    const subject = { kind: "organization", id: organizationId, name: input.name };
    await appendAudit(tx, {
      organizationId,
      actor,
      address,
      action: "organization.renamed",
      subject,
      details: { from: before.name },
    });
    await notifyLive(tx, organizationId, [{ topic: "member", id: organizationId }]);
  });
}
