import { appendAudit } from "../audit/append-audit.ts";
import { type Context, requireRole } from "../auth/context.ts";
import { Prisma, withOrganization } from "../db.ts";
import { AppError } from "../errors.ts";
import { notifyLive } from "../events.ts";
import { optionalId } from "../http/page.ts";
import { deliveryRows } from "./list-deliveries.ts";
import type { DeliveryRow } from "./schemas.ts";

/** Tries a delivery at once: one that waits for its next attempt, or one that was given up. Needs operator. */
export async function retryDelivery({
  ctx,
  input,
}: {
  ctx: Context;
  input: { id: string };
}): Promise<DeliveryRow> {
  requireRole(ctx, "operator");
  const { organizationId, actor, address } = ctx;
  const where = [
    Prisma.sql`d.organization_id = ${organizationId}::uuid`,
    Prisma.sql`d.id = ${optionalId("delivery", input.id)}::uuid`,
  ];
  return withOrganization(organizationId, async (tx) => {
    const [found] = await deliveryRows(tx, where, 1);
    if (!found) throw new AppError("not-found", "There is no such delivery here.");
    if (found.status === "delivered") throw new AppError("conflict", "It has arrived already.");
    const { count } = await tx.delivery.updateMany({
      where: { organizationId, id: found.id, status: found.status, attempts: found.attempts },
      data: { status: "pending", nextAt: new Date() },
    });
    if (count === 0) throw new AppError("conflict", "It is being sent at this moment; look again.");
    await appendAudit(tx, {
      organizationId,
      actor,
      address,
      action: "delivery.retried",
      subject: { kind: "delivery", id: found.id, name: found.channel?.name ?? "commit status" },
      details: { alert: found.alert.id, kind: found.alert.kind },
    });
    await notifyLive(tx, organizationId, [{ topic: "notification", id: found.id }]);
    const [row] = await deliveryRows(tx, where, 1);
    return row!;
  });
}
