import { appendAudit } from "../audit/append-audit.ts";
import type { PullRequest, Transaction } from "../db.ts";
import { released } from "../environments/hold-environment.ts";
import { notifyLive } from "../events.ts";
import { endsHold, progressOf } from "./rules.ts";

type Environment = {
  id: string;
  name: string;
  state: string;
  comparedRevision: string | null;
  renderedDigest: string | null;
  /** When the newest commit was made, by its own clock. */
  headCommittedAt: Date | null;
};
type Seen = { organizationId: string; environment: Environment; at: Date };

const system = { kind: "system" as const, id: null, name: "Plumbline" };

/** Takes merged rollbacks on to converging, converged and proven, as their environment shows it; ends its hold. */
export async function advancePullRequests(tx: Transaction, seen: Seen): Promise<void> {
  const { organizationId, environment } = seen;
  const rows = await tx.$queryRaw<{ id: string; holding: boolean }[]>`
    select p.id, coalesce(e.held_pull_request_id = p.id, false) as holding
    from pull_requests p
    join environments e on e.organization_id = p.organization_id and e.id = p.environment_id
    where p.organization_id = ${organizationId}::uuid and p.environment_id = ${environment.id}::uuid
      and (p.status in ('merged', 'converging') or p.id = e.held_pull_request_id)`;
  if (rows.length === 0) return;
  const pullRequests = await tx.pullRequest.findMany({
    where: { organizationId, id: { in: rows.map(({ id }) => id) } },
  });
  const holding = new Set(rows.filter((row) => row.holding).map(({ id }) => id));
  for (const pullRequest of pullRequests) {
    if (pullRequest.status !== "converged") await advance(tx, seen, pullRequest);
    else if (holding.has(pullRequest.id)) await release(tx, seen, pullRequest);
  }
}

async function release(tx: Transaction, { organizationId, environment }: Seen, pullRequest: PullRequest) {
  if (!endsHold({ ...pullRequest, pullRequestMergedAt: pullRequest.mergedAt }, environment)) return;
  await tx.environment.update({
    where: { organizationId_id: { organizationId, id: environment.id } },
    data: released,
  });
  await appendAudit(tx, {
    organizationId,
    actor: system,
    action: "environment.released",
    subject: { kind: "environment", id: environment.id, name: environment.name },
    details: { reason: "A newer revision was promoted.", revision: environment.comparedRevision },
  });
}

async function advance(tx: Transaction, { organizationId, environment, at }: Seen, pullRequest: PullRequest) {
  const { id, mergedAt } = pullRequest;
  const progress = progressOf(pullRequest, environment);
  if (!progress || progress.status === pullRequest.status) return;
  const ended = progress.status === "converged";
  const convergedAt = mergedAt && mergedAt > at ? mergedAt : at;
  const end = { convergedAt, proven: progress.proven, convergedDigest: environment.renderedDigest };
  await tx.pullRequest.update({
    where: { organizationId_id: { organizationId, id } },
    data: { status: progress.status, ...(ended ? end : {}) },
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
    actor: system,
    action: "rollback.converged",
    subject: { kind: "pull-request", id, name: environment.name },
    details: { proven: progress.proven, revision: environment.comparedRevision },
  });
}
