import type { Transaction } from "../db.ts";

/**
 * Notes that something of these instants' days (UTC) was recorded, so that the worker counts them anew. The rows stay
 * locked until the transaction ends, and the worker passes over locked ones: it never counts a day half recorded.
 */
export async function markDays(
  tx: Transaction,
  { organizationId, environmentId }: { organizationId: string; environmentId: string },
  instants: readonly (Date | string)[],
): Promise<void> {
  // In one order for everybody, so that two who mark the same days wait for one another in turn.
  const days = [...new Set(instants.map((at) => new Date(at).toISOString().slice(0, 10)))].sort();
  if (days.length === 0) return;
  await tx.$executeRaw`
    insert into delivery_days as d (organization_id, scope, day, stale)
    select ${organizationId}::uuid, ${environmentId}::uuid, day, true from unnest(${days}::date[]) as day
    on conflict (organization_id, scope, day) do update set stale = true where not d.stale`;
}
