import { type Context, requireRole } from "../auth/context.ts";
import { withOrganization } from "../db.ts";
import type { Retention } from "./schemas.ts";

/** For how long the organization keeps its record. */
export async function getRetention({ ctx }: { ctx: Context }): Promise<Retention> {
  requireRole(ctx, "viewer");
  const { organizationId } = ctx;
  return withOrganization(organizationId, (tx) =>
    tx.organization.findUniqueOrThrow({
      where: { id: organizationId },
      select: { manifestMonths: true, outcomeMonths: true },
    }),
  );
}
