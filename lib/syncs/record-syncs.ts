import type { Transaction } from "../db.ts";
import { markDays } from "../delivery-figures/mark-days.ts";
import type { Commit, Sync } from "../protocol/report.ts";

type Where = { organizationId: string; environmentId: string; repositoryId: string };

/** Writes syncs down once each, whatever number of times they are told; true where one was new. */
export async function recordSyncs(tx: Transaction, where: Where, syncs: Sync[]): Promise<boolean> {
  if (syncs.length === 0) return false;
  const { organizationId, environmentId } = where;
  const recorded = await tx.sync.createManyAndReturn({
    data: syncs.map(({ commit: _, ...sync }) => ({ ...sync, organizationId, environmentId })),
    skipDuplicates: true,
    select: { finishedAt: true },
  });
  await recordRevisions(
    tx,
    where,
    syncs.flatMap(({ commit }) => commit ?? []),
  );
  await markDays(
    tx,
    where,
    recorded.map(({ finishedAt }) => finishedAt),
  );
  return recorded.length > 0;
}

/** Remembers commits by their revision; one never changes. */
export async function recordRevisions(
  tx: Transaction,
  where: Omit<Where, "environmentId">,
  commits: Commit[],
): Promise<void> {
  if (commits.length === 0) return;
  const { organizationId, repositoryId } = where;
  await tx.revision.createMany({
    data: commits.map((commit) => ({ ...commit, organizationId, repositoryId })),
    skipDuplicates: true,
  });
}

/**
 * Notes on the newest sync at `revision` that the environment has converged there: one that applied all it had
 * to, be it that its objects were healthy only after the deadline. Of two that ended at once it is not the drift's.
 */
export async function markConverged(
  tx: Transaction,
  converged: { organizationId: string; environmentId: string; revision: string; at: Date },
): Promise<void> {
  const { organizationId, environmentId, revision, at } = converged;
  const marked = await tx.$queryRaw<{ at: Date }[]>`
    update syncs set converged_at = greatest(${at}::timestamptz, finished_at)
    where organization_id = ${organizationId}::uuid and environment_id = ${environmentId}::uuid and converged_at is null
      and id = (select id from syncs
        where organization_id = ${organizationId}::uuid and environment_id = ${environmentId}::uuid
          and revision = ${revision} and (outcome in ('observed', 'succeeded') or (outcome = 'failed' and applied_at is not null))
        order by finished_at desc, (trigger = 'drift'), id limit 1)
    returning converged_at as at`;
  await markDays(
    tx,
    converged,
    marked.map((one) => one.at),
  );
}
