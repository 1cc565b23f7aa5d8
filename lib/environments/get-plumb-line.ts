import { type Context, requireRole } from "../auth/context.ts";
import { type Transaction, withOrganization } from "../db.ts";
import { findEnvironment } from "./get-environment.ts";
import { type Episode, PlumbDays, type PlumbLine, type PlumbMark } from "./schemas.ts";

/** No screen has room for more; the newest are drawn, and `cut` says that there are others. */
const MOST = 300;

/** What an environment's plumb line shows of the last days: episodes and marks, oldest first. Throws `not-found`. */
export async function getPlumbLine({
  ctx,
  input,
}: {
  ctx: Context;
  input: { id: string; days: string | null };
}): Promise<PlumbLine> {
  requireRole(ctx, "viewer");
  const { organizationId } = ctx;
  const days = PlumbDays.parse(input.days ?? "1");
  const since = new Date(Date.now() - Number(days) * 86_400_000);
  return withOrganization(organizationId, async (tx) => {
    const environment = await findEnvironment(tx, organizationId, input.id);
    const where = { organizationId, environmentId: environment.id };
    const episodes = await tx.divergence.findMany({
      where: { ...where, OR: [{ endedAt: null }, { endedAt: { gt: since } }] },
      orderBy: { startedAt: "desc" },
      take: MOST,
      select: { id: true, startedAt: true, endedAt: true, causes: true, objects: true, summary: true },
    });
    const marks = await marksSince(tx, { ...where, repositoryId: environment.repositoryId }, since);
    return {
      days,
      cut: episodes.length === MOST || marks.length >= MOST,
      episodes: episodes.toReversed().map((one) => ({
        ...one,
        causes: one.causes as Episode["causes"],
        startedAt: one.startedAt.toISOString(),
        endedAt: one.endedAt?.toISOString() ?? null,
      })),
      marks: marks.slice(-MOST),
    };
  });
}

type Where = { organizationId: string; environmentId: string; repositoryId: string };

async function marksSince(tx: Transaction, where: Where, since: Date): Promise<PlumbMark[]> {
  const { organizationId, environmentId, repositoryId } = where;
  const rows = await tx.$queryRaw<(Omit<PlumbMark, "at"> & { at: Date })[]>`
    select * from (
      (select s.finished_at as at, 'sync' as kind, 'Sync of ' || left(s.revision, 7) || ' ' || s.outcome as label, s.id as entry
        from syncs s where s.organization_id = ${organizationId}::uuid and s.environment_id = ${environmentId}::uuid
          and s.finished_at > ${since} and s.mode = 'sync' order by s.finished_at desc limit ${MOST})
      union all
      (select v.committed_at, 'commit', left(v.revision, 7) || ' ' || v.subject, s.id
        from (select distinct on (s.revision) s.revision, s.id from syncs s
          where s.organization_id = ${organizationId}::uuid and s.environment_id = ${environmentId}::uuid and s.finished_at > ${since}
          order by s.revision, s.finished_at desc) s
        join revisions v on v.organization_id = ${organizationId}::uuid and v.repository_id = ${repositoryId}::uuid and v.revision = s.revision
        where v.committed_at > ${since} order by v.committed_at desc limit ${MOST})
      union all
      (select d.started_at, 'edit', d.summary, d.id
        from divergences d where d.organization_id = ${organizationId}::uuid and d.environment_id = ${environmentId}::uuid
          and d.started_at > ${since} and 'drift' = any(d.causes) order by d.started_at desc limit ${MOST})
      union all
      (select coalesce(p.merged_at, p.requested_at), 'rollback', 'Rollback to ' || left(p.to_revision, 7), p.id
        from pull_requests p where p.organization_id = ${organizationId}::uuid and p.environment_id = ${environmentId}::uuid
          and p.requested_at > ${since} order by p.requested_at desc limit ${MOST})
      union all
      (select a.at, 'alert', a.message ->> 'title', null
        from alerts a where a.organization_id = ${organizationId}::uuid and a.environment_id = ${environmentId}::uuid
          and a.kind in ('diff', 'failed', 'suspended-too-long') and a.at > ${since} order by a.at desc limit ${MOST})
    ) m order by at`;
  return rows.map(({ at, ...mark }) => ({ at: at.toISOString(), ...mark }));
}
