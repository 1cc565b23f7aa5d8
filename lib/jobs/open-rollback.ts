import { withOrganization } from "../db.ts";
import { env } from "../env.ts";
import { GitHostError } from "../git-hosts/index.ts";
import { recordRollbackFailure } from "../pull-requests/record-failure.ts";
import { recordPullRequestState } from "../pull-requests/record-state.ts";
import { readRollback } from "../pull-requests/rollback-facts.ts";
import { baseBranchOf } from "../pull-requests/rules.ts";
import type { Jobs } from "../queue-names.ts";
import { openHost } from "../repositories/open-host.ts";

/** Opens a requested rollback's pull request. Its branch has one possible name, so trying again finds what a first try made. */
export async function openRollbackPullRequest(
  { organizationId, pullRequestId: id }: Jobs["open-rollback"],
  attempt: { last: boolean },
): Promise<void> {
  const fail = (problem: string) => recordRollbackFailure({ organizationId, id, problem, final: true });
  const read = await withOrganization(organizationId, async (tx) => {
    const row = await tx.pullRequest.findUnique({
      where: { organizationId_id: { organizationId, id } },
      include: { environment: { include: { cluster: true } } },
    });
    if (row?.status !== "requested") return null;
    const { toRevision, fromRevision } = row;
    return { row, ...(await readRollback(tx, row.environment, { toRevision, fromRevision, except: id })) };
  });
  if (!read) return;
  const { row, obstacles, access } = read;
  if (!access || obstacles.length > 0) return fail(obstacles.join(" "));
  try {
    const host = openHost(access);
    const { environment, branch, toRevision } = row;
    const baseBranch = baseBranchOf(environment.ref);
    const title = `Roll back ${environment.name} to ${toRevision.slice(0, 7)}`;
    await host.restorePath({
      paths: [environment.path || "."],
      targetSha: toRevision,
      branch,
      baseBranch,
      message: `${title}\n\n${row.reason}\n\nRequested by ${row.requester} in Plumbline.`,
    });
    const opened = await host.openPullRequest({ title, body: bodyOf(row), branch, baseBranch });
    const actor = { kind: "job" as const, id: null, name: "Plumbline" };
    await recordPullRequestState({ organizationId, id, host: opened, actor });
  } catch (error) {
    if (!(error instanceof GitHostError)) throw error;
    const problem = `${error.message}. ${error.nextStep}`;
    if (!error.retryable || attempt.last) return fail(problem);
    await recordRollbackFailure({ organizationId, id, problem: `${problem} Trying again.`, final: false });
    throw error;
  }
}

function bodyOf(row: {
  reason: string;
  requester: string;
  fromRevision: string;
  toRevision: string;
  environment: { id: string; name: string; path: string; cluster: { name: string } };
}): string {
  const { environment, reason, requester, fromRevision, toRevision } = row;
  return [
    `Brings \`${environment.path || "."}\` back to ${toRevision}, where **${environment.name}** on ${environment.cluster.name} was last seen converged with it (now: ${fromRevision}).`,
    `**Why:** ${reason}`,
    `Requested by ${requester}. Plumbline follows this pull request: ${env().PLUMBLINE_URL}`,
  ].join("\n\n");
}
