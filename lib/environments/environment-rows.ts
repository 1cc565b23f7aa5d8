import { Prisma, type Transaction } from "../db.ts";
import type { EnvironmentRow, Episode, PlumbMark } from "./schemas.ts";

type Stored = Omit<
  EnvironmentRow,
  "cluster" | "repository" | "head" | "since" | "lastSeenAt" | "leadTimeMs" | "episodes" | "marks"
> & {
  clusterId: string;
  clusterName: string;
  agentVersion: string | null;
  clusterSeenAt: Date | null;
  repositoryId: string;
  repositoryName: string;
  repositoryUrl: string;
  stateSince: Date;
  headRevision: string | null;
  author: string | null;
  authorEmail: string | null;
  committedAt: Date | null;
  subject: string | null;
  firstConvergedAt: Date | null;
};

const day = Prisma.sql`interval '24 hours'`;
const perEnvironment = 60;

/** Environments with all that one line shows of each, in three statements however many there are. */
export async function environmentRows(
  tx: Transaction,
  organizationId: string,
  id?: string,
): Promise<EnvironmentRow[]> {
  const stored = await tx.$queryRaw<Stored[]>`
    select e.id, e.name, e.ref, e.path, e.mode, e.state, e.causes, e.reason, e.state_since as "stateSince", e.counts,
      e.compared_revision as "comparedRevision", e.summary, e.head_revision as "headRevision",
      c.id as "clusterId", c.name as "clusterName", c.agent_version as "agentVersion", c.last_seen_at as "clusterSeenAt",
      r.id as "repositoryId", r.name as "repositoryName", r.url as "repositoryUrl",
      v.author, v.author_email as "authorEmail", v.committed_at as "committedAt", v.subject, s.converged_at as "firstConvergedAt"
    from environments e
    join clusters c on c.organization_id = e.organization_id and c.id = e.cluster_id
    join repositories r on r.organization_id = e.organization_id and r.id = e.repository_id
    left join revisions v on v.organization_id = e.organization_id and v.repository_id = e.repository_id and v.revision = e.head_revision
    left join lateral (
      select min(converged_at) as converged_at from syncs s
      where s.organization_id = e.organization_id and s.environment_id = e.id and s.revision = e.head_revision and s.trigger in ('commit', 'hint')
    ) s on true
    where e.organization_id = ${organizationId}::uuid and ${id ? Prisma.sql`e.id = ${id}::uuid` : Prisma.sql`e.removed_at is null`}
    order by c.name, e.name`;
  const ids = stored.map((one) => one.id);
  const [episodes, marks] = [
    await recentEpisodes(tx, organizationId, ids),
    await recentMarks(tx, organizationId, ids),
  ];
  return stored.map((one) => rowOf(one, episodes.get(one.id) ?? [], marks.get(one.id) ?? []));
}

function rowOf(one: Stored, episodes: EnvironmentRow["episodes"], marks: PlumbMark[]): EnvironmentRow {
  const { id, name, ref, path, mode, state, causes, reason, counts, comparedRevision, summary } = one;
  const lastSeenAt = one.clusterSeenAt?.toISOString() ?? null;
  return {
    ...{
      id,
      name,
      ref,
      path,
      mode,
      state,
      causes,
      reason,
      counts,
      comparedRevision,
      summary,
      episodes,
      marks,
      lastSeenAt,
    },
    cluster: { id: one.clusterId, name: one.clusterName, lastSeenAt, agentVersion: one.agentVersion },
    repository: { id: one.repositoryId, name: one.repositoryName, url: one.repositoryUrl },
    since: one.stateSince.toISOString(),
    head:
      one.headRevision && one.committedAt
        ? {
            revision: one.headRevision,
            author: one.author ?? "",
            ...(one.authorEmail ? { authorEmail: one.authorEmail } : {}),
            committedAt: one.committedAt.toISOString(),
            subject: one.subject ?? "",
          }
        : null,
    leadTimeMs:
      one.firstConvergedAt && one.committedAt
        ? Math.max(0, one.firstConvergedAt.getTime() - one.committedAt.getTime())
        : null,
  };
}

async function recentEpisodes(tx: Transaction, organizationId: string, ids: string[]) {
  type Row = {
    environmentId: string;
    id: string;
    startedAt: Date;
    endedAt: Date | null;
    causes: string[];
    objects: number;
    summary: string;
  };
  const rows = await tx.$queryRaw<Row[]>`
    select d.environment_id as "environmentId", d.id, d.started_at as "startedAt", d.ended_at as "endedAt", d.causes, d.objects, d.summary
    from unnest(${ids}::uuid[]) as wanted(id)
    cross join lateral (
      select * from divergences d
      where d.organization_id = ${organizationId}::uuid and d.environment_id = wanted.id
        and (d.ended_at is null or d.ended_at > now() - ${day})
      order by d.started_at desc limit ${perEnvironment}
    ) d order by d.started_at`;
  const grouped = Map.groupBy(rows, (row) => row.environmentId);
  return new Map(
    [...grouped].map(([environmentId, list]) => [
      environmentId,
      list.map(({ environmentId: _, ...one }) => ({
        ...one,
        causes: one.causes as Episode["causes"],
        startedAt: one.startedAt.toISOString(),
        endedAt: one.endedAt?.toISOString() ?? null,
      })),
    ]),
  );
}

async function recentMarks(
  tx: Transaction,
  organizationId: string,
  ids: string[],
): Promise<Map<string, PlumbMark[]>> {
  const rows = await tx.$queryRaw<
    { environmentId: string; at: Date; kind: PlumbMark["kind"]; label: string }[]
  >`
    select wanted.id as "environmentId", m.at, m.kind, m.label
    from unnest(${ids}::uuid[]) as wanted(id)
    join environments e on e.organization_id = ${organizationId}::uuid and e.id = wanted.id
    cross join lateral (
      (select s.finished_at as at, 'sync' as kind, 'Sync ' || left(s.revision, 7) || ' ' || s.outcome as label
        from syncs s where s.organization_id = e.organization_id and s.environment_id = e.id
          and s.finished_at > now() - ${day} and s.mode = 'sync' order by s.finished_at desc limit ${perEnvironment})
      union all
      (select v.committed_at, 'commit', left(v.revision, 7) || ' ' || v.subject
        from (select distinct s.revision from syncs s where s.organization_id = e.organization_id and s.environment_id = e.id
          and s.finished_at > now() - ${day}) s
        join revisions v on v.organization_id = e.organization_id and v.repository_id = e.repository_id and v.revision = s.revision
        where v.committed_at > now() - ${day} order by v.committed_at desc limit ${perEnvironment})
      union all
      (select d.started_at, 'edit', d.summary
        from divergences d where d.organization_id = e.organization_id and d.environment_id = e.id
          and d.started_at > now() - ${day} and 'drift' = any(d.causes) order by d.started_at desc limit ${perEnvironment})
      union all
      (select coalesce(p.merged_at, p.requested_at), 'rollback', 'Rollback to ' || left(p.to_revision, 7)
        from pull_requests p where p.organization_id = e.organization_id and p.environment_id = e.id
          and p.requested_at > now() - ${day} order by p.requested_at desc limit ${perEnvironment})
      union all
      (select a.at, 'alert', a.message ->> 'title'
        from alerts a where a.organization_id = e.organization_id and a.environment_id = e.id
          and a.kind in ('diff', 'failed', 'suspended-too-long') and a.at > now() - ${day} order by a.at desc limit ${perEnvironment})
    ) m order by m.at`;
  const grouped = Map.groupBy(rows, (row) => row.environmentId);
  return new Map(
    [...grouped].map(([id, list]) => [
      id,
      list.map(({ at, kind, label }) => ({ at: at.toISOString(), kind, label })),
    ]),
  );
}
