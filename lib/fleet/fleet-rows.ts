import { Prisma, type Transaction } from "../db.ts";
import type { PlumbEpisode, PlumbMark } from "../environments/schemas.ts";
import type { FleetRow } from "./schemas.ts";

const day = Prisma.sql`interval '24 hours'`;
/** A small plumb line is some 200 pixels wide. */
const mostEpisodes = 20;
const mostMarks = 20;

type Stored = Pick<FleetRow, "id" | "name" | "path" | "mode" | "state" | "causes" | "differs"> & {
  clusterId: string;
  clusterName: string;
  stateSince: Date;
  revision: string | null;
  author: string | null;
  committedAt: Date | null;
  subject: string | null;
  convergedAt: Date | null;
};

/** These environments with what one line shows of each, in their order, in three statements. Unknown ids are left out. */
export async function fleetRows(
  tx: Transaction,
  organizationId: string,
  ids: readonly string[],
): Promise<FleetRow[]> {
  if (ids.length === 0) return [];
  const stored = await tx.$queryRaw<Stored[]>`
    select e.id, e.name, left(e.path, 200) as path, e.mode, e.state, e.causes, e.state_since as "stateSince",
      case when e.state = 'Converged' then '' else left(coalesce(nullif(e.summary, ''), e.reason), 200) end as differs,
      c.id as "clusterId", c.name as "clusterName", v.revision, left(v.author, 100) as author,
      v.committed_at as "committedAt", left(v.subject, 120) as subject, s.converged_at as "convergedAt"
    from unnest(${ids}::uuid[]) with ordinality as wanted(id, place)
    join environments e on e.organization_id = ${organizationId}::uuid and e.id = wanted.id and e.removed_at is null
    join clusters c on c.organization_id = e.organization_id and c.id = e.cluster_id
    left join revisions v on v.organization_id = e.organization_id and v.repository_id = e.repository_id and v.revision = e.head_revision
    left join lateral (
      select min(converged_at) as converged_at from syncs s
      where s.organization_id = e.organization_id and s.environment_id = e.id and s.revision = e.head_revision and s.trigger in ('commit', 'hint')
    ) s on true
    order by wanted.place`;
  const episodes = await recentEpisodes(tx, organizationId, ids);
  const marks = await recentMarks(tx, organizationId, ids);
  return stored.map((one) => ({
    ...{ id: one.id, name: one.name, path: one.path, mode: one.mode, state: one.state, causes: one.causes },
    cluster: { id: one.clusterId, name: one.clusterName },
    since: one.stateSince.toISOString(),
    differs: one.differs,
    head:
      one.revision && one.committedAt
        ? {
            revision: one.revision,
            author: one.author ?? "",
            committedAt: one.committedAt.toISOString(),
            subject: one.subject ?? "",
          }
        : null,
    leadTimeMs:
      one.convergedAt && one.committedAt
        ? Math.max(0, one.convergedAt.getTime() - one.committedAt.getTime())
        : null,
    episodes: episodes.get(one.id) ?? [],
    marks: marks.get(one.id) ?? [],
  }));
}

async function recentEpisodes(tx: Transaction, organizationId: string, ids: readonly string[]) {
  const rows = await tx.$queryRaw<
    (Omit<PlumbEpisode, "startedAt" | "endedAt"> & {
      environmentId: string;
      startedAt: Date;
      endedAt: Date | null;
    })[]
  >`
    select d.environment_id as "environmentId", d.id, d.started_at as "startedAt", d.ended_at as "endedAt", d.causes, d.objects,
      left(d.summary, 80) as summary
    from unnest(${ids}::uuid[]) as wanted(id)
    cross join lateral (
      select * from divergences d
      where d.organization_id = ${organizationId}::uuid and d.environment_id = wanted.id
        and (d.ended_at is null or d.ended_at > now() - ${day})
      order by d.started_at desc limit ${mostEpisodes}
    ) d order by d.started_at`;
  return byEnvironment(
    rows,
    ({ environmentId: _, startedAt, endedAt, ...one }): PlumbEpisode => ({
      ...one,
      startedAt: startedAt.toISOString(),
      endedAt: endedAt?.toISOString() ?? null,
    }),
  );
}

async function recentMarks(tx: Transaction, organizationId: string, ids: readonly string[]) {
  const rows = await tx.$queryRaw<
    { environmentId: string; at: Date; kind: PlumbMark["kind"]; label: string }[]
  >`
    select wanted.id as "environmentId", m.at, m.kind, left(m.label, 80) as label
    from unnest(${ids}::uuid[]) as wanted(id)
    join environments e on e.organization_id = ${organizationId}::uuid and e.id = wanted.id
    cross join lateral (
      (select v.committed_at as at, 'commit' as kind, left(v.revision, 7) || ' ' || v.subject as label
        from (select distinct s.revision from syncs s where s.organization_id = e.organization_id and s.environment_id = e.id
          and s.finished_at > now() - ${day}) s
        join revisions v on v.organization_id = e.organization_id and v.repository_id = e.repository_id and v.revision = s.revision
        where v.committed_at > now() - ${day} order by v.committed_at desc limit ${mostMarks})
      union all
      (select coalesce(p.merged_at, p.requested_at), 'rollback', 'Rollback to ' || left(p.to_revision, 7)
        from pull_requests p where p.organization_id = e.organization_id and p.environment_id = e.id
          and p.requested_at > now() - ${day} order by p.requested_at desc limit ${mostMarks})
    ) m order by m.at`;
  return byEnvironment(rows, ({ at, kind, label }): PlumbMark => ({ at: at.toISOString(), kind, label }));
}

function byEnvironment<T extends { environmentId: string }, U>(rows: T[], shape: (row: T) => U) {
  const grouped = Map.groupBy(rows, (row) => row.environmentId);
  return new Map([...grouped].map(([id, list]) => [id, list.map(shape)]));
}
