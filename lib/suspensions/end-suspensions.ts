import { withOrganization, withRouting } from "../db.ts";
import { notifyLive } from "../events.ts";

/** Forgets suspensions that have ended; agents end them by themselves, so this only tidies up. */
export async function endSuspensions(now: Date): Promise<void> {
  const ended = await withRouting(
    (tx) =>
      tx.$queryRaw<{ organizationId: string }[]>`
        select distinct organization_id as "organizationId" from suspensions where until <= ${now}::timestamptz`,
  );
  for (const { organizationId } of ended)
    await withOrganization(organizationId, async (tx) => {
      const gone = await tx.$queryRaw<{ id: string }[]>`
        delete from suspensions where organization_id = ${organizationId}::uuid and until <= ${now}::timestamptz
        returning environment_id as id`;
      const events = gone.map(({ id }) => ({ topic: "environment" as const, id }));
      await notifyLive(tx, organizationId, events);
    });
}
