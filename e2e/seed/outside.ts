import { Prisma } from "#lib/db.ts";
import { minute } from "./time.ts";
import type { World } from "./world.ts";

type Connection = { connection: string; connectionMessage: string | null };

/** What GitHub said of each repository: all of them are connected, but for those named. */
export async function connectRepositories(world: World, but: Record<string, Connection>): Promise<void> {
  const { organizationId, now } = world;
  await world.write(async (tx) => {
    const lastWebhookAt = new Date(now - 7 * minute);
    await tx.repository.updateMany({
      where: { organizationId },
      data: { connection: "connected", lastWebhookAt },
    });
    for (const [name, data] of Object.entries(but))
      await tx.repository.updateMany({ where: { organizationId, name: `family-insurance/${name}` }, data });
  });
}

/** What became of the messages that were on their way: delivered, but for those of the channels named. */
export async function settleDeliveries(
  world: World,
  but: Record<string, { problem: string; gaveUp: boolean }> = {},
): Promise<void> {
  const { organizationId, now } = world;
  const own = Prisma.sql`d.organization_id = ${organizationId}::uuid and d.status = 'pending'`;
  await world.write(async (tx) => {
    // The column's default is PostgreSQL's own clock.
    await tx.$executeRaw`
      update deliveries d set created_at = a.at + interval '1 s' from alerts a
      where a.organization_id = d.organization_id and a.id = d.alert_id and d.organization_id = ${organizationId}::uuid`;
    for (const [name, { problem, gaveUp }] of Object.entries(but))
      await tx.$executeRaw`
        update deliveries d set problem = ${problem}, attempts = case when ${gaveUp} then 12 else 4 end,
          status = case when ${gaveUp} or d.created_at < ${new Date(now)}::timestamptz - interval '1 day' then 'given-up' else 'pending' end,
          next_at = case when ${gaveUp} or d.created_at < ${new Date(now)}::timestamptz - interval '1 day' then null
            else ${new Date(now + 4 * minute)}::timestamptz end
        from notification_channels c
        where ${own} and c.organization_id = d.organization_id and c.id = d.channel_id and c.name = ${name}`;
    await tx.$executeRaw`
      update deliveries d set status = 'delivered', attempts = 1, next_at = null, delivered_at = d.created_at + interval '1.2 s'
      where ${own} and d.attempts = 0`;
  });
}
