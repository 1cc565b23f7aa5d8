import type { PullRequest, Transaction } from "../db.ts";

/**
 * Notes at the merge of a rollback that automation must not move its environment. What rolls forward again ends that
 * instead.
 */
export async function holdEnvironment(tx: Transaction, pullRequest: PullRequest): Promise<void> {
  const { organizationId, environmentId, id, kind, reason, requester, mergedAt } = pullRequest;
  const holds = kind === "rollback" || kind === "revert";
  await tx.environment.update({
    where: { organizationId_id: { organizationId, id: environmentId } },
    data: holds
      ? { heldSince: mergedAt ?? new Date(), heldReason: reason, heldBy: requester, heldPullRequestId: id }
      : released,
  });
}

/** What a hold's columns are where there is none. */
export const released = { heldSince: null, heldReason: null, heldBy: null, heldPullRequestId: null };
