import { type Context, requireRole } from "../auth/context.ts";
import { type PullRequest, type Transaction, withOrganization } from "../db.ts";
import { AppError } from "../errors.ts";
import { baseBranchOf, sayingOf, situationOf } from "./rules.ts";
import {
  HostState,
  type PullRequestList,
  type PullRequestRow,
  type PullRequestStatus,
  type RollbackKind,
} from "./schemas.ts";

const shown = 200;

/** The newest pull requests of the organization, or of one environment. */
export async function listPullRequests({
  ctx,
  input = {},
}: {
  ctx: Context;
  input?: { environmentId?: string | null };
}): Promise<PullRequestList> {
  requireRole(ctx, "viewer");
  const { environmentId } = input;
  if (environmentId && !/^[0-9a-f-]{36}$/.test(environmentId))
    throw new AppError("invalid", "environment: not an id of ours.");
  return withOrganization(ctx.organizationId, async (tx) => ({
    pullRequests: await rows(tx, ctx.organizationId, environmentId ? { environmentId } : {}),
  }));
}

/** One pull request; throws `not-found`. */
export async function getPullRequest({
  ctx,
  input,
}: {
  ctx: Context;
  input: { id: string };
}): Promise<PullRequestRow> {
  requireRole(ctx, "viewer");
  const [row] = /^[0-9a-f-]{36}$/.test(input.id)
    ? await withOrganization(ctx.organizationId, (tx) => rows(tx, ctx.organizationId, { id: input.id }))
    : [];
  if (!row) throw new AppError("not-found", "There is no such pull request here.");
  return row;
}

async function rows(
  tx: Transaction,
  organizationId: string,
  where: { id?: string; environmentId?: string },
): Promise<PullRequestRow[]> {
  const found = await tx.pullRequest.findMany({
    where: { organizationId, ...where },
    orderBy: [{ requestedAt: "desc" }, { id: "asc" }],
    take: shown,
    include: { environment: { include: { cluster: true, repository: true } } },
  });
  return found.map((one) => rowOf(one));
}

type Found = PullRequest & {
  environment: { name: string; ref: string; cluster: { name: string }; repository: { name: string } };
};

function rowOf(one: Found): PullRequestRow {
  const host = HostState.nullable().catch(null).parse(one.host);
  const { environment } = one;
  const situation = situationOf({ ...one, host });
  const saying = sayingOf(situation, {
    environment: environment.name,
    target:
      one.kind === "revert"
        ? `before ${one.commitRevision?.slice(0, 7)}`
        : `at ${one.toRevision.slice(0, 7)}`,
    branch: one.branch,
    base: baseBranchOf(environment.ref),
    repository: environment.repository.name,
    number: one.number,
    retryAt: one.retryAt,
    approvals: host?.approvals ?? [],
  });
  return {
    id: one.id,
    kind: one.kind as RollbackKind,
    environment: { id: one.environmentId, name: environment.name, cluster: environment.cluster.name },
    repository: environment.repository.name,
    status: one.status as PullRequestStatus,
    ...{ situation, ...saying, host },
    proven: one.proven,
    narrow: one.narrow,
    number: one.number,
    url: one.url,
    fromRevision: one.fromRevision,
    toRevision: one.toRevision,
    commitRevision: one.commitRevision,
    mergeRevision: one.mergeRevision,
    reason: one.reason,
    requester: one.requester,
    openedBy: one.openedBy,
    requestedAt: one.requestedAt.toISOString(),
    openedAt: one.openedAt?.toISOString() ?? null,
    mergedAt: one.mergedAt?.toISOString() ?? null,
    convergedAt: one.convergedAt?.toISOString() ?? null,
    closedAt: one.closedAt?.toISOString() ?? null,
    problem: one.problem,
  };
}
