import { appendAudit } from "../audit/append-audit.ts";
import { type Context, requireRole } from "../auth/context.ts";
import { withOrganization } from "../db.ts";
import { Retention } from "./schemas.ts";

/** Sets for how long the organization keeps its record; what is older goes at the next clean-up. Needs admin. */
export async function setRetention({ ctx, input }: { ctx: Context; input: Retention }): Promise<Retention> {
  requireRole(ctx, "admin");
  const { organizationId, actor, address } = ctx;
  const wanted = Retention.parse(input);
  return withOrganization(organizationId, async (tx) => {
    const before = await tx.organization.findUniqueOrThrow({ where: { id: organizationId } });
    await tx.organization.update({ where: { id: organizationId }, data: wanted });
    await appendAudit(tx, {
      ...{ organizationId, actor, address },
      action: "organization.retention-changed",
      subject: { kind: "organization", id: organizationId, name: before.name },
      details: {
        ...wanted,
        from: { manifestMonths: before.manifestMonths, outcomeMonths: before.outcomeMonths },
      },
    });
    return wanted;
  });
}
