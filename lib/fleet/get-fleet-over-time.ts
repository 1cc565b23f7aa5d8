import { type Context, requireRole } from "../auth/context.ts";
import { withOrganization } from "../db.ts";
import type { FleetOverTime } from "./schemas.ts";

const days = 7;
const steps = 168;

/**
 * How many environments had a divergence open, by the worst of its causes, at each hour of the last seven days, and
 * how many there were. Episodes are counted where they begin and end and then summed, so that a step costs nothing.
 */
export async function getFleetOverTime({ ctx }: { ctx: Context }): Promise<FleetOverTime> {
  requireRole(ctx, "viewer");
  const id = ctx.organizationId;
  type Point = Omit<FleetOverTime["points"][number], "at"> & { at: Date };
  const points = await withOrganization(
    id,
    (tx) => tx.$queryRaw<Point[]>`
    with edge as (select now() - make_interval(days => ${days}::int) as began, make_interval(days => ${days}::int) / ${steps}::int as step),
    episodes as (
      select started_at, ended_at, causes from divergences where organization_id = ${id}::uuid and ended_at is null
      union all
      select started_at, ended_at, causes from divergences where organization_id = ${id}::uuid
        and ended_at > now() - make_interval(days => ${days}::int)
    ), changes as (
      select case when 'failed' = any(causes) then 'failed' when 'drift' = any(causes) then 'drift'
          when 'pending' = any(causes) then 'pending' else 'unhealthy' end as what, at, by
      from episodes cross join lateral (values (started_at, 1), (ended_at, -1)) change(at, by)
      union all
      select 'environments', at, by from environments
        cross join lateral (values (created_at, 1), (removed_at, -1)) change(at, by) where organization_id = ${id}::uuid
    ), stepped as (
      select greatest(0, ceil(extract(epoch from at - edge.began) / extract(epoch from edge.step)))::int as n,
        sum(by) filter (where what = 'environments') as environments, sum(by) filter (where what = 'failed') as failed,
        sum(by) filter (where what = 'drift') as drift, sum(by) filter (where what = 'unhealthy') as unhealthy,
        sum(by) filter (where what = 'pending') as pending
      from changes, edge where at is not null group by 1
    )
    select edge.began + n * edge.step as at,
      coalesce(sum(environments) over w, 0)::int as environments, coalesce(sum(failed) over w, 0)::int as failed,
      coalesce(sum(drift) over w, 0)::int as drift, coalesce(sum(unhealthy) over w, 0)::int as unhealthy,
      coalesce(sum(pending) over w, 0)::int as pending
    from generate_series(0, ${steps}::int) n left join stepped using (n), edge
    window w as (order by n) order by n`,
  );
  return { days, points: points.map(({ at, ...one }) => ({ at: at.toISOString(), ...one })) };
}
