import { withRouting } from "../db.ts";

export type Counted = { what: string; of: string; rows: number; oldestSeconds: number | null };

/**
 * Counts, over all organizations and in one round, what waits and what state things are in. Every part is an index
 * scan or a table of one row for each environment.
 */
export function countRows(): Promise<Counted[]> {
  return withRouting(
    (tx) => tx.$queryRaw<Counted[]>`
      select 'environments' as what, state as of, count(*)::int as rows, null::float8 as "oldestSeconds"
        from environments where removed_at is null group by state
      union all
      select 'agents', case when connected_at is null then 'awaited' when silent then 'silent' else 'heard' end,
        count(*)::int, null from clusters group by 2
      union all
      select 'pull-requests', status, count(*)::int, null
        from pull_requests where closed_at is null and converged_at is null group by status
      union all
      select 'deliveries', status, count(*)::int,
        case when status = 'pending' then extract(epoch from now() - min(created_at))::float8 end
        from deliveries group by status
      union all
      select 'webhooks', 'waiting', count(*)::int, extract(epoch from now() - min(received_at))::float8
        from webhook_deliveries where handled_at is null
      union all
      select 'jobs', name, count(*)::int, extract(epoch from now() - min(created_on))::float8
        from pgboss.job where state < 'active' and not blocked group by name`,
  );
}
