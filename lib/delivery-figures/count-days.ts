import { type Transaction, withOrganization, withRouting } from "../db.ts";
import { markDays } from "./mark-days.ts";
import { histogramOf } from "./rules.ts";

const atOnce = 100;

type Day = { organizationId: string; environmentId: string; day: string };

/** Counts the days about which something was recorded since they were counted, organization by organization. */
export async function countDeliveryDays(): Promise<void> {
  const stale = await withRouting((tx) =>
    tx.deliveryDay.findMany({
      where: { stale: true },
      distinct: ["organizationId"],
      select: { organizationId: true },
    }),
  );
  for (const { organizationId } of stale) while ((await countSome(organizationId)) > 0);
}

/** Counts up to a hundred days of one organization in one transaction; answers how many. */
function countSome(organizationId: string): Promise<number> {
  return withOrganization(organizationId, async (tx) => {
    // One worker at a time in an organization: two would each write a total without the other's days.
    await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended('delivery:' || ${organizationId}, 0))`;
    const days = await tx.$queryRaw<Day[]>`
      update delivery_days d set stale = false from (
        select scope, day from delivery_days where organization_id = ${organizationId}::uuid and stale
        order by day desc limit ${atOnce} for update skip locked) s
      where d.organization_id = ${organizationId}::uuid and d.scope = s.scope and d.day = s.day
      returning d.organization_id as "organizationId", d.scope as "environmentId", to_char(d.day, 'YYYY-MM-DD') as day`;
    for (const day of days) await countDay(tx, day);
    for (const day of new Set(days.map((one) => one.day))) await totalDay(tx, organizationId, day);
    return days.length;
  });
}

async function countDay(tx: Transaction, where: Day): Promise<void> {
  const { organizationId, environmentId, day } = where;
  const from = new Date(`${day}T00:00:00Z`);
  const to = new Date(from.getTime() + 86_400_000);
  const deployments = await tx.$queryRaw<{ leadMs: number | null }[]>`
    select extract(epoch from s.converged_at - v.committed_at)::float8 * 1000 as "leadMs"
    from syncs s join environments e on e.organization_id = s.organization_id and e.id = s.environment_id
    left join revisions v on v.organization_id = s.organization_id and v.repository_id = e.repository_id and v.revision = s.revision
    where s.organization_id = ${organizationId}::uuid and s.environment_id = ${environmentId}::uuid
      and s.converged_at >= ${from} and s.converged_at < ${to} and s.trigger not in ('start', 'drift')
      and not exists (select from syncs p where p.organization_id = s.organization_id and p.environment_id = s.environment_id
        and p.revision = s.revision and p.converged_at is not null and (p.converged_at, p.id) < (s.converged_at, s.id))`;
  const [changes] = await tx.$queryRaw<{ changes: number; failed: number }[]>`
    select count(*)::int as changes, (count(*) filter (where
        exists (select from syncs f where f.organization_id = ${organizationId}::uuid and f.environment_id = ${environmentId}::uuid
          and f.revision = r.revision and f.trigger not in ('start', 'drift') and f.outcome in ('failed', 'refused'))
        or exists (select from pull_requests p where p.organization_id = ${organizationId}::uuid and p.environment_id = ${environmentId}::uuid
          and p.kind in ('rollback', 'revert') and coalesce(p.commit_revision, p.from_revision) = r.revision and p.merged_at is not null)))::int as failed
    from (select distinct revision from syncs where organization_id = ${organizationId}::uuid and environment_id = ${environmentId}::uuid
      and finished_at >= ${from} and finished_at < ${to} and trigger not in ('start', 'drift') and outcome <> 'superseded') r
    where not exists (select from syncs p where p.organization_id = ${organizationId}::uuid and p.environment_id = ${environmentId}::uuid
      and p.revision = r.revision and p.finished_at < ${from} and p.trigger not in ('start', 'drift') and p.outcome <> 'superseded')`;
  const restores = await tx.$queryRaw<{ ms: number }[]>`
    select extract(epoch from ended_at - started_at)::float8 * 1000 as ms from divergences
    where organization_id = ${organizationId}::uuid and environment_id = ${environmentId}::uuid
      and ended_at >= ${from} and ended_at < ${to} and causes && array['failed', 'unhealthy']`;
  await tx.deliveryDay.update({
    where: { organizationId_scope_day: { organizationId, scope: environmentId, day: from } },
    data: {
      deployments: deployments.length,
      changes: changes?.changes ?? 0,
      failedChanges: changes?.failed ?? 0,
      restores: restores.length,
      lead: histogramOf(deployments.flatMap(({ leadMs }) => (leadMs === null ? [] : Math.max(0, leadMs)))),
      restore: histogramOf(restores.map(({ ms }) => ms)),
    },
  });
  await markDays(tx, where, await earlierDays(tx, where, from, to));
}

/** Days before this one on which a change was counted that failed, or was rolled back, on this one. */
async function earlierDays(
  tx: Transaction,
  { organizationId, environmentId }: Day,
  from: Date,
  to: Date,
): Promise<Date[]> {
  const rows = await tx.$queryRaw<{ at: Date | null }[]>`
    select (select min(p.finished_at) from syncs p where p.organization_id = ${organizationId}::uuid
        and p.environment_id = ${environmentId}::uuid and p.revision = r.revision
        and p.trigger not in ('start', 'drift') and p.outcome <> 'superseded') as at
    from (
      select revision from syncs where organization_id = ${organizationId}::uuid and environment_id = ${environmentId}::uuid
        and finished_at >= ${from} and finished_at < ${to} and trigger not in ('start', 'drift') and outcome in ('failed', 'refused')
      union
      select coalesce(commit_revision, from_revision) from pull_requests where organization_id = ${organizationId}::uuid and environment_id = ${environmentId}::uuid
        and kind in ('rollback', 'revert') and ((merged_at >= ${from} and merged_at < ${to}) or (merged_at is not null and converged_at >= ${from} and converged_at < ${to}))
    ) r`;
  return rows.flatMap(({ at }) => (at && at < from ? at : []));
}

/** The organization's row of a day: its environments' taken together. */
async function totalDay(tx: Transaction, organizationId: string, day: string): Promise<void> {
  await tx.$executeRaw`
    with days as (
      select * from delivery_days where organization_id = ${organizationId}::uuid and day = ${day}::date and scope <> ${organizationId}::uuid
    )
    insert into delivery_days (organization_id, scope, day, deployments, changes, failed_changes, restores, lead, restore)
    select ${organizationId}::uuid, ${organizationId}::uuid, ${day}::date,
      sum(deployments), sum(changes), sum(failed_changes), sum(restores),
      (select coalesce(jsonb_object_agg(key, n), '{}') from
        (select key, sum(value::int) as n from days, jsonb_each_text(lead) group by key) as buckets),
      (select coalesce(jsonb_object_agg(key, n), '{}') from
        (select key, sum(value::int) as n from days, jsonb_each_text(restore) group by key) as buckets)
    from days
    on conflict (organization_id, scope, day) do update set deployments = excluded.deployments, changes = excluded.changes,
      failed_changes = excluded.failed_changes, restores = excluded.restores, lead = excluded.lead, restore = excluded.restore`;
}
