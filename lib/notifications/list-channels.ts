import { type Context, requireRole } from "../auth/context.ts";
import { Prisma, type Transaction, withOrganization } from "../db.ts";
import { AppError } from "../errors.ts";
import { type ChannelKind, channelConfigs } from "./channels/schemas.ts";
import { targetOf } from "./rules.ts";
import type { ChannelList, ChannelRow, DeliveryStatus } from "./schemas.ts";

/** The organization's channels by name, without their secrets. */
export async function listChannels({ ctx }: { ctx: Context }): Promise<ChannelList> {
  requireRole(ctx, "viewer");
  return withOrganization(ctx.organizationId, async (tx) => ({
    channels: await channelRows(tx, ctx.organizationId),
  }));
}

/** One channel as stored; throws `not-found`. */
export async function findChannel(tx: Transaction, organizationId: string, id: string) {
  const found = /^[0-9a-f-]{36}$/.test(id)
    ? await tx.notificationChannel.findUnique({ where: { organizationId_id: { organizationId, id } } })
    : null;
  if (!found) throw new AppError("not-found", "There is no such channel here.");
  return found;
}

type Stored = {
  id: string;
  kind: ChannelKind;
  name: string;
  config: unknown;
  createdBy: string;
  createdAt: Date;
  disabledAt: Date | null;
  status: DeliveryStatus | null;
  at: Date | null;
  problem: string | null;
};

/** Channels as they may be shown, each with how its newest tried delivery ended. */
export async function channelRows(
  tx: Transaction,
  organizationId: string,
  id?: string,
): Promise<ChannelRow[]> {
  const rows = await tx.$queryRaw<Stored[]>`
    select c.id, c.kind, c.name, c.config, c.created_by as "createdBy", c.created_at as "createdAt",
      c.disabled_at as "disabledAt", d.status, coalesce(d.delivered_at, d.created_at) as at, d.problem
    from notification_channels c
    left join lateral (
      select status, delivered_at, created_at, problem from deliveries d
      where d.organization_id = c.organization_id and d.channel_id = c.id and d.attempts > 0
      order by d.created_at desc, d.id desc limit 1
    ) d on true
    where c.organization_id = ${organizationId}::uuid ${id ? Prisma.sql`and c.id = ${id}::uuid` : Prisma.empty}
    order by c.name`;
  return rows.map(rowOf);
}

function rowOf(row: Stored): ChannelRow {
  const { id, kind, name, createdBy, status, at, problem } = row;
  // One channel that cannot be read does not take the page of all of them away.
  const read = channelConfigs[kind].safeParse(row.config);
  const config = read.success ? read.data : { recipients: [] };
  return {
    id,
    kind,
    name,
    target: read.success
      ? targetOf(kind, read.data)
      : "its settings cannot be read; remove it and add it anew",
    host: "host" in config ? config.host : null,
    channel: "channel" in config ? config.channel : null,
    recipients: "recipients" in config ? config.recipients : [],
    createdBy,
    createdAt: row.createdAt.toISOString(),
    disabledAt: row.disabledAt?.toISOString() ?? null,
    last: status && at ? { status, at: at.toISOString(), problem } : null,
  };
}
