import { Prisma, type Transaction, withOrganization, withRouting } from "../db.ts";
import type { ChannelKind } from "./channels/schemas.ts";
import type { AlertMessage } from "./message.ts";

/** A delivery that is due, wherever it is. */
export type DueDelivery = { organizationId: string; id: string; channelId: string | null };

/** What is to be sent, to whom, by whoever claimed it. */
export type Claimed = {
  organizationId: string;
  id: string;
  attempts: number;
  createdAt: Date;
  message: AlertMessage;
  environmentId: string | null;
  /** Null for a commit status. */
  channel: {
    id: string;
    kind: ChannelKind;
    name: string;
    config: unknown;
    disabled: boolean;
  } | null;
  secretEncrypted: Uint8Array | null;
  /** Where the episode's first message is, in channels that have threads. */
  thread: string | null;
};

/** Deliveries that are due, the longest first, and few of each channel: one that hangs must not hold up the others. */
export function findDueDeliveries(now: Date, perChannel: number, limit: number): Promise<DueDelivery[]> {
  return withRouting(
    (tx) => tx.$queryRaw<DueDelivery[]>`
      select organization_id as "organizationId", id, channel_id as "channelId" from (
        select organization_id, id, channel_id, next_at,
          row_number() over (partition by organization_id, channel_id order by next_at, id) as place
        from deliveries where status = 'pending' and next_at <= ${now}::timestamptz
      ) d where place <= ${perChannel} order by next_at limit ${limit}`,
  );
}

/** In this order the messages of one thread, and the statuses of one environment's commits, are sent. */
const orderOf = (alert: Prisma.Sql) => Prisma.sql`(${alert}.at, ${alert}.id)`;

/** What is sent in order: a thread of a channel, or an environment's commit statuses. */
const sameLine = Prisma.sql`a2.organization_id = a.organization_id and a2.environment_id = a.environment_id
  and d2.channel_id is not distinct from d.channel_id
  and (d.channel_id is null or a2.episode_id = a.episode_id)`;

/**
 * Takes a due delivery for `leaseMs`: nobody else sends it meanwhile, and if this process dies it is sent again
 * after that. Null where somebody else has it, or where one before it in its thread is still to be sent.
 */
export function claimDelivery(
  { organizationId, id }: DueDelivery,
  now: Date,
  leaseMs: number,
): Promise<Claimed | null> {
  return withOrganization(organizationId, async (tx) => {
    const [claimed] = await lock(tx, organizationId, id, now);
    if (!claimed) return null;
    const where = { organizationId_id: { organizationId, id } };
    const before = await tx.$queryRaw<{ nextAt: Date }[]>`
      select d2.next_at as "nextAt"
      from deliveries d join alerts a on a.organization_id = d.organization_id and a.id = d.alert_id,
        deliveries d2 join alerts a2 on a2.organization_id = d2.organization_id and a2.id = d2.alert_id
      where d.organization_id = ${organizationId}::uuid and d.id = ${id}::uuid and ${sameLine}
        and d2.status = 'pending' and ${orderOf(Prisma.sql`a2`)} < ${orderOf(Prisma.sql`a`)}
      order by d2.next_at desc limit 1`;
    if (before[0]) {
      const nextAt = new Date(Math.max(now.getTime(), before[0].nextAt.getTime()) + 1);
      await tx.delivery.update({ where, data: { nextAt } });
      return null;
    }
    const nextAt = new Date(now.getTime() + leaseMs);
    const { attempts } = await tx.delivery.update({ where, data: { nextAt, attempts: { increment: 1 } } });
    return { ...claimed, organizationId, attempts };
  });
}

function lock(tx: Transaction, organizationId: string, id: string, now: Date) {
  return tx.$queryRaw<Omit<Claimed, "organizationId">[]>`
    select d.id, d.attempts, d.created_at as "createdAt", a.message, a.environment_id as "environmentId",
      case when c.id is not null then jsonb_build_object('id', c.id, 'kind', c.kind, 'name', c.name, 'config', c.config,
        'disabled', c.disabled_at is not null) end as channel, c.secret_encrypted as "secretEncrypted",
      (select d2.thread from alerts a2 join deliveries d2 on d2.organization_id = a2.organization_id and d2.alert_id = a2.id
        where ${sameLine} and d.channel_id is not null and d2.thread is not null order by a2.at, d2.id limit 1) as thread
    from deliveries d
    join alerts a on a.organization_id = d.organization_id and a.id = d.alert_id
    left join notification_channels c on c.organization_id = d.organization_id and c.id = d.channel_id
    where d.organization_id = ${organizationId}::uuid and d.id = ${id}::uuid and d.status = 'pending'
      and d.next_at <= ${now}::timestamptz
    for update of d skip locked`;
}

/** What follows in the line of a delivery that has ended need not wait any longer. */
export async function wakeLine(
  tx: Transaction,
  organizationId: string,
  id: string,
  now: Date,
): Promise<void> {
  await tx.$executeRaw`
    update deliveries set next_at = ${now}::timestamptz
    where organization_id = ${organizationId}::uuid and status = 'pending' and attempts = 0 and id in (
      select d2.id
      from deliveries d join alerts a on a.organization_id = d.organization_id and a.id = d.alert_id,
        deliveries d2 join alerts a2 on a2.organization_id = d2.organization_id and a2.id = d2.alert_id
      where d.organization_id = ${organizationId}::uuid and d.id = ${id}::uuid and d2.id <> d.id and ${sameLine})`;
}
