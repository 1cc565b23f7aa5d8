import { withOrganization } from "../db.ts";
import { env } from "../env.ts";
import { type GitHost, GitHostError } from "../git-hosts/index.ts";
import { findAuthor } from "../pull-requests/author.ts";
import { bodyOf, carriesRollback, messageOf, titleOf } from "../pull-requests/commit-text.ts";
import { explainRefusal } from "../pull-requests/explain-refusal.ts";
import { listReaders } from "../pull-requests/list-readers.ts";
import { openAsRequester } from "../pull-requests/open-as.ts";
import { planRestore } from "../pull-requests/plan-restore.ts";
import { objectName, readObjectChanges } from "../pull-requests/read-objects.ts";
import { recordRollbackFailure } from "../pull-requests/record-failure.ts";
import { recordPullRequestState } from "../pull-requests/record-state.ts";
import { readRollback } from "../pull-requests/rollback-facts.ts";
import { baseBranchOf, passesByItself } from "../pull-requests/rules.ts";
import type { Jobs } from "../queue-names.ts";
import { type Access, openHost } from "../repositories/open-host.ts";

const actor = { kind: "job" as const, id: null, name: "Plumbline" };

/** Opens a requested rollback's pull request. Its branch has one possible name, so trying again finds what a first try made. */
export async function openRollbackPullRequest(
  { organizationId, pullRequestId: id }: Jobs["open-rollback"],
  attempt: { last: boolean },
): Promise<void> {
  const read = await readRequested(organizationId, id);
  if (!read) return;
  const { row, access, obstacles } = read;
  const moved = () =>
    recordRollbackFailure({
      ...{ organizationId, id, failure: "moved" as const, final: true },
      problem: obstacles.join(" "),
    });
  if (!access) return moved();
  const host = openHost(access);
  const baseBranch = baseBranchOf(row.environment.ref);
  try {
    // What a first try opened is this one's, whatever has become of it since.
    const found = await host.findPullRequestByBranch(row.branch);
    if (found && carriesRollback(found.body, id))
      return await recordPullRequestState({ organizationId, id, host: found, actor });
    if (obstacles.length > 0) return await moved();
    await open(host, access, read, baseBranch);
  } catch (error) {
    if (!(error instanceof GitHostError)) throw error;
    const failure = await explainRefusal(host, error, baseBranch);
    const problem = `${error.message}. ${error.nextStep}`;
    const common = { organizationId, id, failure, problem, retryAt: error.retryAt };
    // The sweep goes on with it at that time: the queue would have given up by then.
    if (failure === "rate-limited") return recordRollbackFailure({ ...common, final: false });
    if (!passesByItself(failure) || attempt.last) return recordRollbackFailure({ ...common, final: true });
    await recordRollbackFailure({ ...common, final: false });
    throw error;
  }
}

function readRequested(organizationId: string, id: string) {
  return withOrganization(organizationId, async (tx) => {
    const row = await tx.pullRequest.findUnique({
      where: { organizationId_id: { organizationId, id } },
      include: { environment: { include: { cluster: true } }, organization: true },
    });
    if (row?.status !== "requested") return null;
    const { kind, fromRevision, environment } = row;
    const toRevision = row.commitRevision ?? row.toRevision;
    const facts = await readRollback(tx, environment, { kind, toRevision, fromRevision, except: id });
    const { objects } = await readObjectChanges(tx, environment, kind, facts.targetDigest);
    return {
      ...facts,
      row: { ...row, toRevision },
      readers: await listReaders(tx, environment),
      objects: (objects ?? []).map(({ key }) => objectName(key)),
    };
  });
}

type Requested = NonNullable<Awaited<ReturnType<typeof readRequested>>>;

async function open(host: GitHost, access: Access, read: Requested, baseBranch: string): Promise<void> {
  const { row, inputs, readers } = read;
  const { organizationId, id, environment, organization, branch, kind, toRevision, narrow } = row;
  const plan = await planRestore(host, { kind, toRevision, environment, inputs, readers, narrow });
  // Chosen once: what others read may change between two tries.
  const paths = (row.paths as string[] | null) ?? plan.paths;
  const at = { organizationId_id: { organizationId, id } };
  await withOrganization(organizationId, (tx) =>
    tx.pullRequest.update({ where: at, data: { paths, toRevision: plan.targetSha } }),
  );
  const { author, coAuthor } = await findAuthor(row.requestedBy);
  const url = `${env().PLUMBLINE_URL}/${organization.slug}`;
  const { name, cluster } = environment;
  const asked = {
    ...{ id, kind, reason: row.reason, requester: row.requester, narrow, coAuthor },
    ...{ fromRevision: row.fromRevision, toRevision: plan.targetSha, commitRevision: row.commitRevision },
    environment: {
      name,
      cluster: cluster.name,
      url: `${url}/environments/${encodeURIComponent(cluster.name)}/${encodeURIComponent(name)}`,
    },
    pageUrl: `${url}/pull-requests/${id}`,
    // A narrower restore may change less.
    objects: narrow ? [] : read.objects,
    files: narrow ? plan.own.length : plan.preview.files.length,
  };
  const { commitSha } = await host.restorePath({
    ...{ paths, targetSha: plan.targetSha, undoing: plan.undoing, branch, baseBranch },
    message: messageOf(asked),
    ...(author ? { author } : {}),
  });
  await withOrganization(organizationId, (tx) => tx.pullRequest.update({ where: at, data: { commitSha } }));
  const text = { title: titleOf(asked), body: bodyOf(asked) };
  const opened = await openAsRequester(host, access, row.requestedBy, { ...text, branch, baseBranch });
  await recordPullRequestState({ organizationId, id, host: opened, actor });
}
