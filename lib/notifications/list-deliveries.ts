import { type Context, requireRole } from "../auth/context.ts";
import { Prisma, type Transaction, withOrganization } from "../db.ts";
import { type Cursor, optionalId, optionalOne, readCursor, writeCursor } from "../http/page.ts";
import type { ChannelKind } from "./channels/schemas.ts";
import type { AlertMessage } from "./message.ts";
import { type DeliveryPage, type DeliveryRow, DeliveryStatus } from "./schemas.ts";

const pageSize = 50;

type Filter = {
  channelId?: string | null;
  alertId?: string | null;
  status?: string | null;
  after?: string | null;
};

/**
 * The log of deliveries, newest first, a page at a time; of one channel (or "commit-status"), alert or status
 * where the filter names one.
 */
export async function listDeliveries({
  ctx,
  input = {},
}: {
  ctx: Context;
  input?: Filter;
}): Promise<DeliveryPage> {
  requireRole(ctx, "viewer");
  const conditions = [Prisma.sql`d.organization_id = ${ctx.organizationId}::uuid`];
  if (input.channelId === "commit-status") conditions.push(Prisma.sql`d.channel_id is null`);
  else if (input.channelId)
    conditions.push(Prisma.sql`d.channel_id = ${optionalId("channel", input.channelId)}::uuid`);
  if (input.alertId) conditions.push(Prisma.sql`d.alert_id = ${optionalId("alert", input.alertId)}::uuid`);
  const status = optionalOne("status", DeliveryStatus, input.status);
  if (status) conditions.push(Prisma.sql`d.status = ${status}`);
  const cursor = readCursor(input.after);
  if (cursor)
    conditions.push(Prisma.sql`(d.created_at, d.id) < (${cursor.at}::timestamptz, ${cursor.id}::uuid)`);
  const rows = await withOrganization(ctx.organizationId, (tx) => deliveryRows(tx, conditions, pageSize + 1));
  const last = rows[pageSize - 1];
  const next: Cursor | null = rows.length > pageSize && last ? { at: last.createdAt, id: last.id } : null;
  return { deliveries: rows.slice(0, pageSize), next: next && writeCursor(next) };
}

type Stored = Omit<
  DeliveryRow,
  "alert" | "environment" | "channel" | "nextAt" | "createdAt" | "deliveredAt"
> & {
  alertId: string;
  message: AlertMessage;
  environmentId: string | null;
  channelId: string | null;
  channelName: string | null;
  channelKind: ChannelKind | null;
  nextAt: Date | null;
  createdAt: Date;
  deliveredAt: Date | null;
};

/** Deliveries that match, newest first. */
export async function deliveryRows(
  tx: Transaction,
  conditions: Prisma.Sql[],
  limit: number,
): Promise<DeliveryRow[]> {
  const rows = await tx.$queryRaw<Stored[]>`
    select d.id, d.alert_id as "alertId", a.message, a.environment_id as "environmentId", d.channel_id as "channelId",
      c.name as "channelName", c.kind as "channelKind", d.status, d.attempts, d.next_at as "nextAt", d.problem,
      d.created_at as "createdAt", d.delivered_at as "deliveredAt"
    from deliveries d
    join alerts a on a.organization_id = d.organization_id and a.id = d.alert_id
    left join notification_channels c on c.organization_id = d.organization_id and c.id = d.channel_id
    where ${Prisma.join(conditions, " and ")}
    order by d.created_at desc, d.id desc limit ${limit}`;
  return rows.map((row) => {
    const { id, status, attempts, problem, message, environmentId, channelId } = row;
    return {
      id,
      alert: { id: row.alertId, kind: message.kind, title: message.title, at: message.at, url: message.url },
      environment:
        environmentId && message.environment
          ? { id: environmentId, name: message.environment, cluster: message.cluster ?? "" }
          : null,
      channel: channelId ? { id: channelId, name: row.channelName!, kind: row.channelKind! } : null,
      status,
      attempts,
      nextAt: row.nextAt?.toISOString() ?? null,
      problem,
      createdAt: row.createdAt.toISOString(),
      deliveredAt: row.deliveredAt?.toISOString() ?? null,
    };
  });
}
