import { type Context, requireRole } from "../auth/context.ts";
import { withOrganization } from "../db.ts";
import { countedBySign } from "./list-fleet.ts";
import type { FleetTotals } from "./schemas.ts";

const mostLabelKeys = 20;

type Stored = Omit<FleetTotals, "bySign" | "longest" | "last" | "firstEpisodeAt"> & {
  bySign: Record<string, number> | null;
  longest: (Omit<NonNullable<FleetTotals["longest"]>, "since"> & { since: string }) | null;
  last: (NonNullable<FleetTotals["last"]> & { committedAt: string }) | null;
  firstEpisodeAt: Date | null;
};

/** What the fleet's sentence is made of, in one statement. */
export async function getFleetTotals({ ctx }: { ctx: Context }): Promise<FleetTotals> {
  requireRole(ctx, "viewer");
  const id = ctx.organizationId;
  const [stored] = await withOrganization(
    id,
    (tx) => tx.$queryRaw<Stored[]>`
    with fleet as materialized (
      select e.id, e.name, e.cluster_id, e.state, e.causes, e.state_since, e.urgency, e.labels, e.head_revision, e.head_committed_at
      from environments e where e.organization_id = ${id}::uuid and e.removed_at is null
    ), counted as (select urgency, count(*)::int as n, min(name) as name from fleet group by urgency),
    cluster as (select c.id, c.name from clusters c where c.organization_id = ${id}::uuid)
    select
      (select count(*)::int from fleet) as total,
      (select jsonb_object_agg(urgency, n) from counted) as "bySign",
      (select case when n = 1 then name end from counted where urgency < 7 order by urgency limit 1) as single,
      (select jsonb_build_object('name', f.name, 'cluster', c.name, 'state', f.state, 'causes', f.causes, 'since', f.state_since)
        from fleet f join cluster c on c.id = f.cluster_id
        where f.state = 'Diverged' order by f.state_since, f.name limit 1) as longest,
      (select jsonb_build_object('name', f.name, 'cluster', c.name, 'revision', f.head_revision, 'committedAt', f.head_committed_at,
          'leadTimeMs', greatest(0, round(extract(epoch from s.at - f.head_committed_at) * 1000)))
        from (select * from fleet where state = 'Converged' and head_committed_at is not null order by head_committed_at desc, name limit 10) f
        join cluster c on c.id = f.cluster_id
        cross join lateral (select min(s.converged_at) as at from syncs s where s.organization_id = ${id}::uuid and s.environment_id = f.id
          and s.revision = f.head_revision and s.trigger in ('commit', 'hint')) s
        where s.at is not null order by f.head_committed_at desc, f.name limit 1) as last,
      (select coalesce(jsonb_agg(key order by n desc, key), '[]') from (
        select key, count(*) as n from fleet, jsonb_object_keys(labels) key group by key order by n desc, key limit ${mostLabelKeys}) k) as "labelKeys",
      least(
        (select min(started_at) from divergences where organization_id = ${id}::uuid and ended_at is null),
        (select min(started_at) from divergences where organization_id = ${id}::uuid and ended_at > now() - interval '24 hours')
      ) as "firstEpisodeAt"`,
  );
  if (!stored) throw new Error("A statement without a table answered nothing.");
  const { longest, last } = stored;
  const iso = (text: string) => new Date(text).toISOString();
  return {
    ...stored,
    bySign: countedBySign(stored.bySign ?? {}),
    longest: longest && { ...longest, since: iso(longest.since) },
    last: last && { ...last, committedAt: iso(last.committedAt) },
    firstEpisodeAt: stored.firstEpisodeAt?.toISOString() ?? null,
  };
}
