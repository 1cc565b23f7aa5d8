import { appendAudit } from "../audit/append-audit.ts";
import type { PullRequest, Transaction } from "../db.ts";
import { notifyLive } from "../events.ts";
import { progressOf } from "./rules.ts";

type Environment = {
  id: string;
  name: string;
  state: string;
  comparedRevision: string | null;
  renderedDigest: string | null;
  /** When the newest commit was made, by its own clock. */
  headCommittedAt: Date | null;
};

/** Takes merged rollbacks on to converging, converged and proven, as their environment shows it. */
export async function advancePullRequests(
  tx: Transaction,
  { organizationId, environment, at }: { organizationId: string; environment: Environment; at: Date },
): Promise<void> {
  const merged = await tx.pullRequest.findMany({
    where: { organizationId, environmentId: environment.id, status: { in: ["merged", "converging"] } },
  });
  for (const pullRequest of merged) {
    const progress = progressOf(pullRequest, environment);
    if (!progress || progress.status === pullRequest.status) continue;
    await advance(tx, { organizationId, environment, at }, pullRequest, progress);
  }
}

async function advance(
  tx: Transaction,
  { organizationId, environment, at }: { organizationId: string; environment: Environment; at: Date },
  { id, mergedAt }: PullRequest,
  progress: { status: "converging" | "converged"; proven: boolean },
) {
  const ended = progress.status === "converged";
  const convergedAt = mergedAt && mergedAt > at ? mergedAt : at;
  await tx.pullRequest.update({
    where: { organizationId_id: { organizationId, id } },
    data: { status: progress.status, ...(ended ? { convergedAt, proven: progress.proven } : {}) },
  });
  await notifyLive(tx, organizationId, [{ topic: "pull-request", id }]);
  if (!ended) return;
  if (progress.proven)
    await tx.$executeRaw`
      update syncs set proven = true
      where organization_id = ${organizationId}::uuid and environment_id = ${environment.id}::uuid
        and id = (select id from syncs
          where organization_id = ${organizationId}::uuid and environment_id = ${environment.id}::uuid
            and revision = ${environment.comparedRevision}
          order by finished_at desc, id limit 1)`;
  await appendAudit(tx, {
    organizationId,
    actor: { kind: "system", id: null, name: "Plumbline" },
    action: "rollback.converged",
    subject: { kind: "pull-request", id, name: environment.name },
    details: { proven: progress.proven, revision: environment.comparedRevision },
  });
}
