import { followEnvironment, noteFailures, unheardFailures } from "../alerts/follow-environment.ts";
import type { Agent } from "../auth/agent-tokens.ts";
import { Prisma, type Transaction, withOrganization } from "../db.ts";
import { recordEpisode } from "../divergences/record-episode.ts";
import { env } from "../env.ts";
import { notifyLive } from "../events.ts";
import { admitReport, type Report, type ReportResult } from "../protocol/report.ts";
import { environmentState } from "../protocol/state.ts";
import { advancePullRequests } from "../pull-requests/advance-pull-requests.ts";
import { recordEnvironmentRevisions } from "../revisions/record-environment-revisions.ts";
import { markConverged, recordRevisions, recordSyncs } from "../syncs/record-syncs.ts";
import { type EnvironmentRecord, factsOf, lockEnvironments } from "./environment-row.ts";
import { differingObjects, divergentOf, evidenceOf, recheckAt, saysNothingNew, summaryOf } from "./rules.ts";
import {
  countResources,
  listDivergentResources,
  recordRendering,
  writeResources,
} from "./write-resources.ts";

/**
 * Records one report in one transaction: objects, counts, state, episode, syncs, rollbacks. Telling it
 * twice is harmless; one that does not follow the last is answered `resend`, with its syncs kept.
 * `lacking` are digests of manifests the server would like to have.
 */
export function recordReport(call: {
  agent: Agent;
  report: Report;
  now?: Date;
}): Promise<{ result: ReportResult; lacking: string[] }> {
  const { agent, report } = call;
  const { organizationId, clusterId } = agent;
  const answer = (status: ReportResult["status"], message?: string): ReportResult => ({
    environment: report.environment,
    sequence: report.sequence,
    status,
    ...(message ? { message } : {}),
  });
  return withOrganization(organizationId, async (tx) => {
    const [record] = await lockEnvironments(tx, { organizationId, clusterId, name: report.environment });
    if (!record)
      return {
        result: answer(
          "refused",
          `No environment "${report.environment}" is declared for this cluster; open a session that declares it.`,
        ),
        lacking: [],
      };
    const where = { organizationId, environmentId: record.id, repositoryId: record.repositoryId };
    const last = record.stream === null ? null : { stream: record.stream, sequence: record.sequence! };
    const admission = admitReport(last, report);
    const failures = await unheardFailures(tx, where, report.syncs);
    const now = call.now ?? new Date();
    const newSyncs = await recordSyncs(tx, where, report.syncs);
    const newRevisions = await recordEnvironmentRevisions(tx, where, report.revisions, clockOf(report, now));
    if (admission !== "accept") {
      await noteFailures(tx, { organizationId, environment: record, failures, now });
      if (newSyncs || newRevisions)
        await notifyLive(tx, organizationId, [{ topic: "environment", id: record.id }]);
      return { result: answer(admission === "duplicate" ? "duplicate" : "resend"), lacking: [] };
    }
    const lacking = await applyReport(tx, { where, record, report, failures, now });
    return { result: answer("accepted"), lacking };
  });
}

type Applied = {
  where: { organizationId: string; environmentId: string; repositoryId: string };
  record: EnvironmentRecord;
  report: Report;
  /** Syncs that failed and were not known before. */
  failures: Report["syncs"];
  now: Date;
};

async function applyReport(tx: Transaction, applied: Applied): Promise<string[]> {
  const { where, record, report, now } = applied;
  const { organizationId, environmentId } = where;
  if (saysNothingNew(record, report)) return recordHeartbeat(tx, applied);
  const lacking = await writeResources(tx, where, report);
  const current = report.revision ?? report.head;
  if (current && current.revision !== record.headRevision) await recordRevisions(tx, where, [current]);
  const counts = await countResources(tx, where);
  const at = clockOf(report, now);
  const reported: EnvironmentRecord = {
    ...record,
    counts,
    problem: report.problem,
    suspended: report.suspended,
    waiting: report.waiting,
    applying: report.applying,
    movingSince: report.movingSince ? new Date(report.movingSince) : null,
    headRevision: current?.revision ?? null,
    comparedRevision: report.comparedRevision,
    renderedDigest: report.renderedDigest,
    observedAt: at,
    reportedAt: now,
  };
  const facts = factsOf(reported, at, at, env().REPORT_INTERVAL_MS);
  const verdict = environmentState(facts);
  const divergent = divergentOf(await listDivergentResources(tx, where));
  const summary = verdict.state === "Converged" ? "" : summaryOf(divergent, report.problem);
  const due = recheckAt(facts, verdict);
  const news =
    report.base === null || report.syncs.length > 0 || record.comparedRevision !== report.comparedRevision;
  const converged = verdict.state === "Converged" && report.comparedRevision !== null;
  const evidence = evidenceOf(divergent);
  const episode = await recordEpisode(tx, {
    ...{ organizationId, environmentId, verdict, at, summary, evidence },
    ...{ objects: differingObjects(counts), revision: reported.headRevision },
  });
  const alerting = await followEnvironment(tx, {
    ...{ organizationId, state: verdict.state, episode, at, knownUntil: at.getTime(), now },
    ...{ before: record, after: { ...reported, ...verdict, summary } },
    report: { ...report, head: current, syncs: applied.failures },
  });
  await tx.environment.update({
    where: { organizationId_id: { organizationId, id: environmentId } },
    data: {
      ...verdict,
      ...alerting,
      summary,
      counts,
      stateSince: verdict.state === record.state ? record.stateSince : at,
      problem: report.problem ?? Prisma.DbNull,
      suspended: report.suspended ?? Prisma.DbNull,
      waiting: report.waiting,
      applying: reported.applying,
      movingSince: reported.movingSince,
      headRevision: reported.headRevision ?? undefined,
      comparedRevision: reported.comparedRevision,
      renderedDigest: reported.renderedDigest,
      ...(converged ? { convergedAt: at, convergedRevision: report.comparedRevision } : {}),
      stream: report.stream,
      sequence: report.sequence,
      observedAt: at,
      reportedAt: now,
      reportProblem: null,
      reportProblemAt: null,
      recheckAt: due === null ? null : new Date(due),
    },
  });
  if (report.renderedDigest && report.comparedRevision && changesRendering(record, report))
    await recordRendering(tx, where, report.renderedDigest);
  if (converged && (news || record.state !== "Converged"))
    await markConverged(tx, { organizationId, environmentId, revision: report.comparedRevision!, at });
  const headCommittedAt = current ? new Date(current.committedAt) : null;
  await advancePullRequests(tx, {
    organizationId,
    environment: { ...reported, state: verdict.state, headCommittedAt },
    at,
  });
  await notifyLive(tx, organizationId, [{ topic: "environment", id: environmentId }]);
  return lacking;
}

/** Still here, nothing new: only the times move, and no page needs to ask again. */
async function recordHeartbeat(tx: Transaction, { where, record, report, now }: Applied): Promise<string[]> {
  const { organizationId, environmentId: id } = where;
  const at = clockOf(report, now);
  await tx.environment.update({
    where: { organizationId_id: { organizationId, id } },
    data: {
      sequence: report.sequence,
      observedAt: at,
      reportedAt: now,
      ...(record.state === "Converged" ? { convergedAt: at } : {}),
    },
  });
  return [];
}

/** A clock that runs ahead must not put the present into the future. */
function clockOf(report: Report, now: Date): Date {
  return new Date(Math.min(Date.parse(report.observedAt), now.getTime()));
}

/** A large report may come in parts, so that what a digest stands for is complete only with the last of them. */
function changesRendering(record: EnvironmentRecord, report: Report): boolean {
  return (
    record.renderedDigest !== report.renderedDigest ||
    report.resources.length > 0 ||
    report.removed.length > 0
  );
}
