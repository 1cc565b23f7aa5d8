import { appendAudit } from "../audit/append-audit.ts";
import { type Context, requireRole } from "../auth/context.ts";
import { isUniqueViolation, withOrganization } from "../db.ts";
import { AppError } from "../errors.ts";
import { notifyLive } from "../events.ts";
import { enqueue } from "../queue.ts";
import { getPullRequest } from "./list-pull-requests.ts";
import type { PullRequestRow } from "./schemas.ts";

/**
 * Tries again what a host refused: opening one that is not open, or asking about one that is. What the first try made
 * on the host is found and gone on with. Needs operator; throws `conflict` where trying again would change nothing.
 */
export async function retryRollback({
  ctx,
  input,
}: {
  ctx: Context;
  input: { id: string };
}): Promise<PullRequestRow> {
  requireRole(ctx, "operator");
  const { organizationId, actor, address } = ctx;
  const { id, retryable, sentence, environment, number } = await getPullRequest({ ctx, input });
  if (!retryable) throw new AppError("conflict", `There is nothing to try again: ${sentence}`);
  try {
    await withOrganization(organizationId, async (tx) => {
      // Long ago: the next sweep asks the host about it first.
      const asked =
        number === null
          ? {
              status: "requested",
              closedAt: null,
              failure: null,
              problem: null,
              retryAt: null,
              checkedAt: new Date(),
            }
          : { checkedAt: new Date(0) };
      const { count } = await tx.pullRequest.updateMany({
        where: { organizationId, id, status: { in: ["requested", "failed", "open"] } },
        data: asked,
      });
      if (count === 0) throw new AppError("conflict", "It has moved on meanwhile.");
      if (number === null) await enqueue(tx, "open-rollback", { organizationId, pullRequestId: id });
      await notifyLive(tx, organizationId, [{ topic: "pull-request", id }]);
      await appendAudit(tx, {
        ...{ organizationId, actor, address },
        action: "rollback.retried",
        subject: { kind: "environment", id: environment.id, name: environment.name },
        details: { pullRequest: id },
      });
    });
  } catch (error) {
    if (isUniqueViolation(error))
      throw new AppError("conflict", "Another rollback of this environment is under way.");
    throw error;
  }
  return getPullRequest({ ctx, input: { id } });
}
