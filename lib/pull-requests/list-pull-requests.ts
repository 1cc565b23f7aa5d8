import { type Context, requireRole } from "../auth/context.ts";
import { type Transaction, withOrganization } from "../db.ts";
import { AppError } from "../errors.ts";
import type { PullRequestList, PullRequestRow, PullRequestStatus } from "./schemas.ts";

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
  return found.map((one) => ({
    id: one.id,
    kind: "rollback",
    environment: { id: one.environmentId, name: one.environment.name, cluster: one.environment.cluster.name },
    repository: one.environment.repository.name,
    status: one.status as PullRequestStatus,
    proven: one.proven,
    number: one.number,
    url: one.url,
    fromRevision: one.fromRevision,
    toRevision: one.toRevision,
    reason: one.reason,
    requester: one.requester,
    requestedAt: one.requestedAt.toISOString(),
    openedAt: one.openedAt?.toISOString() ?? null,
    mergedAt: one.mergedAt?.toISOString() ?? null,
    convergedAt: one.convergedAt?.toISOString() ?? null,
    closedAt: one.closedAt?.toISOString() ?? null,
    problem: one.problem,
  }));
}
