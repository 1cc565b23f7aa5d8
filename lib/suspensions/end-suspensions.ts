import { appendAudit } from "../audit/append-audit.ts";
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
      const gone = await tx.$queryRaw<{ id: string; name: string; reason: string; owner: string }[]>`
        delete from suspensions s using environments e
        where s.organization_id = ${organizationId}::uuid and s.until <= ${now}::timestamptz
          and e.organization_id = s.organization_id and e.id = s.environment_id
        returning s.environment_id as id, e.name, s.reason, s.owner`;
      const events = gone.map(({ id }) => ({ topic: "environment" as const, id }));
      for (const { id, name, reason, owner } of gone)
        await appendAudit(tx, {
          organizationId,
          actor: { kind: "job", id: null, name: "Plumbline" },
          action: "environment.suspension-ended",
          subject: { kind: "environment", id, name },
          details: { reason, owner },
        });
      await notifyLive(tx, organizationId, events);
    });
}
