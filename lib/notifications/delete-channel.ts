import { appendAudit } from "../audit/append-audit.ts";
import { type Context, requireRole } from "../auth/context.ts";
import { withOrganization } from "../db.ts";
import { notifyLive } from "../events.ts";
import { findChannel } from "./list-channels.ts";

/** Removes a channel with its rules and its log of deliveries; the alerts stay. Needs admin. */
export async function deleteChannel({ ctx, input }: { ctx: Context; input: { id: string } }): Promise<void> {
  requireRole(ctx, "admin");
  const { organizationId, actor, address } = ctx;
  await withOrganization(organizationId, async (tx) => {
    const { id, name, kind } = await findChannel(tx, organizationId, input.id);
    await tx.notificationChannel.delete({ where: { organizationId_id: { organizationId, id } } });
    const subject = { kind: "channel", id, name };
    await appendAudit(tx, {
      organizationId,
      actor,
      address,
      action: "channel.deleted",
      subject,
      details: { kind },
    });
    await notifyLive(tx, organizationId, [{ topic: "notification", id }]);
  });
}
