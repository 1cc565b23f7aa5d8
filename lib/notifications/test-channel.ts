import { randomUUID } from "node:crypto";
import { appendAudit } from "../audit/append-audit.ts";
import { type Context, requireRole } from "../auth/context.ts";
import { Prisma, withOrganization } from "../db.ts";
import { env } from "../env.ts";
import { AppError } from "../errors.ts";
import { notifyLive } from "../events.ts";
import { findChannel } from "./list-channels.ts";
import { deliveryRows } from "./list-deliveries.ts";
import type { AlertMessage } from "./message.ts";
import type { DeliveryRow } from "./schemas.ts";

/** Sends a test through a channel, the way every alert goes; its delivery shows what came of it. Needs operator. */
export async function testChannel({
  ctx,
  input,
}: {
  ctx: Context;
  input: { id: string };
}): Promise<DeliveryRow> {
  requireRole(ctx, "operator");
  const { organizationId, actor, address } = ctx;
  return withOrganization(organizationId, async (tx) => {
    const channel = await findChannel(tx, organizationId, input.id);
    if (channel.disabledAt)
      throw new AppError("conflict", `The channel "${channel.name}" is disabled; enable it first.`);
    const organization = await tx.organization.findUniqueOrThrow({ where: { id: organizationId } });
    const id = randomUUID();
    const at = new Date();
    const message: AlertMessage = {
      id,
      kind: "test",
      at: at.toISOString(),
      organization: { slug: organization.slug, name: organization.name },
      cluster: null,
      environment: null,
      title: `A test from Plumbline for ${organization.name}`.slice(0, 300),
      what: `Alerts that arrive in "${channel.name}" look like this. Nothing is wrong.`,
      since: null,
      who: actor.name.slice(0, 300),
      revision: null,
      url: `${env().PLUMBLINE_URL}/${organization.slug}`,
      commitUrl: null,
      episode: null,
      ordinal: 0,
    };
    await tx.alert.create({ data: { organizationId, id, key: `test:${id}`, kind: "test", at, message } });
    const delivery = randomUUID();
    await tx.delivery.create({
      data: { organizationId, id: delivery, alertId: id, channelId: channel.id, nextAt: at },
    });
    const subject = { kind: "channel", id: channel.id, name: channel.name };
    await appendAudit(tx, { organizationId, actor, address, action: "channel.tested", subject });
    await notifyLive(tx, organizationId, [{ topic: "notification", id: channel.id }]);
    const where = [
      Prisma.sql`d.organization_id = ${organizationId}::uuid`,
      Prisma.sql`d.id = ${delivery}::uuid`,
    ];
    const [row] = await deliveryRows(tx, where, 1);
    return row!;
  });
}
