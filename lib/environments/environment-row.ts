import type { AlertMemory } from "../alerts/rules.ts";
import { Prisma, type Transaction } from "../db.ts";
import type { Problem, Report } from "../protocol/report.ts";
import type { Cause, Counts, EnvironmentFacts, EnvironmentState } from "../protocol/state.ts";

/** An environment as stored, in the shape its rules take. */
export type EnvironmentRecord = {
  id: string;
  name: string;
  clusterId: string;
  repositoryId: string;
  state: EnvironmentState;
  causes: Cause[];
  reason: string;
  summary: string;
  stateSince: Date;
  counts: Counts;
  problem: Problem | null;
  suspended: Report["suspended"];
  waiting: string | null;
  progressDeadlineMs: number;
  applying: boolean;
  movingSince: Date | null;
  headRevision: string | null;
  comparedRevision: string | null;
  renderedDigest: string | null;
  stream: string | null;
  sequence: number | null;
  observedAt: Date | null;
  reportedAt: Date | null;
  alertMemory: Partial<AlertMemory>;
  reportProblem: string | null;
  clusterSeenAt: Date | null;
};

/** Locks the environments that match, in one order, so that two writers never wait for each other. */
export function lockEnvironments(
  tx: Transaction,
  where: { organizationId: string; clusterId?: string; name?: string; ids?: string[] },
): Promise<EnvironmentRecord[]> {
  const conditions = [
    Prisma.sql`e.organization_id = ${where.organizationId}::uuid`,
    Prisma.sql`e.removed_at is null`,
  ];
  if (where.clusterId) conditions.push(Prisma.sql`e.cluster_id = ${where.clusterId}::uuid`);
  if (where.name !== undefined) conditions.push(Prisma.sql`e.name = ${where.name}`);
  if (where.ids) conditions.push(Prisma.sql`e.id = any(${where.ids}::uuid[])`);
  return tx.$queryRaw<EnvironmentRecord[]>`
    select e.id, e.name, e.cluster_id as "clusterId", e.repository_id as "repositoryId", e.state, e.causes, e.reason,
      e.summary, e.state_since as "stateSince", e.counts, e.problem, e.suspended, e.waiting, e.applying,
      e.progress_deadline_ms as "progressDeadlineMs",
      e.moving_since as "movingSince", e.head_revision as "headRevision", e.compared_revision as "comparedRevision",
      e.rendered_digest as "renderedDigest", e.stream, e.sequence, e.observed_at as "observedAt",
      e.reported_at as "reportedAt", e.alert_memory as "alertMemory",
      e.report_problem as "reportProblem",
      c.last_seen_at as "clusterSeenAt"
    from environments e
    join clusters c on c.organization_id = e.organization_id and c.id = e.cluster_id
    where ${Prisma.join(conditions, " and ")}
    order by e.id
    for no key update of e`;
}

/** What the shared state function takes, as of `now`. */
export function factsOf(
  record: EnvironmentRecord,
  now: Date,
  lastSeenAt: Date | null,
  reportIntervalMs: number,
): EnvironmentFacts {
  const until = record.suspended?.until;
  return {
    now: now.getTime(),
    lastSeenAt: record.observedAt === null ? null : (lastSeenAt?.getTime() ?? null),
    reportIntervalMs,
    suspended: record.suspended && { ...record.suspended, until: until ? Date.parse(until) : null },
    problem: record.problem,
    headRevision: record.headRevision,
    comparedRevision: record.comparedRevision,
    counts: record.counts,
    waiting: record.waiting,
    progressDeadlineMs: record.progressDeadlineMs,
    applying: record.applying,
    movingSince: record.movingSince?.getTime() ?? null,
  };
}
