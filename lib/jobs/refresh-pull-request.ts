import type { Actor } from "../auth/context.ts";
import { withOrganization } from "../db.ts";
import { type GitHost, GitHostError, type PullRequest } from "../git-hosts/index.ts";
import { explainRefusal } from "../pull-requests/explain-refusal.ts";
import { recordRollbackFailure } from "../pull-requests/record-failure.ts";
import { recordPullRequestState } from "../pull-requests/record-state.ts";
import { baseBranchOf, type Situation } from "../pull-requests/rules.ts";
import { findAccess, openHost } from "../repositories/open-host.ts";

/**
 * Asks the host what became of a pull request and writes it down: neither a webhook nor a sweep is believed by itself.
 * One that was closed is asked about, too: it may have been reopened.
 */
export async function refreshPullRequest(call: {
  organizationId: string;
  id: string;
  actor: Actor;
}): Promise<void> {
  const { organizationId, id, actor } = call;
  const read = await withOrganization(organizationId, async (tx) => {
    const row = await tx.pullRequest.findUnique({
      where: { organizationId_id: { organizationId, id } },
      include: { environment: { select: { ref: true } } },
    });
    if (!row || row.number === null || !["open", "closed"].includes(row.status)) return null;
    const { number, branch, environment } = row;
    const access = await findAccess(tx, organizationId, row.repositoryId);
    return { number, branch, base: baseBranchOf(environment.ref), access };
  });
  if (!read?.access) return;
  const host = openHost(read.access);
  try {
    const found = await host.getPullRequest(read.number);
    const missing = await missingOf(host, found);
    await recordPullRequestState({ organizationId, id, host: found, actor, missing });
  } catch (error) {
    if (!(error instanceof GitHostError)) throw error;
    const failure = await explainRefusal(host, error, read.base);
    const problem = `${error.message}. ${error.nextStep}`;
    await recordRollbackFailure({
      ...{ organizationId, id, failure, problem, final: false },
      retryAt: error.retryAt,
    });
    throw error;
  }
}

/** Which of its two branches a closed pull request has lost. */
async function missingOf(
  host: GitHost,
  { state, branch, baseBranch }: PullRequest,
): Promise<Situation | null> {
  if (state !== "closed") return null;
  if (!(await host.hasBranch(baseBranch))) return "base-gone";
  return (await host.hasBranch(branch)) ? null : "branch-gone";
}
