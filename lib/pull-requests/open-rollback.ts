import { randomUUID } from "node:crypto";
import { appendAudit } from "../audit/append-audit.ts";
import { type Context, requireRole } from "../auth/context.ts";
import { isUniqueViolation, withOrganization } from "../db.ts";
import { findEnvironment } from "../environments/get-environment.ts";
import { AppError } from "../errors.ts";
import { notifyLive } from "../events.ts";
import { enqueue } from "../queue.ts";
import { getPullRequest } from "./list-pull-requests.ts";
import { readRollback } from "./rollback-facts.ts";
import { rollbackBranch } from "./rules.ts";
import type { OpenRollbackInput, PullRequestRow } from "./schemas.ts";

/**
 * Asks for a pull request that brings what an environment renders from to what it was at another revision. The row, its
 * job and the audit event are one transaction. Needs operator; throws `conflict` with every obstacle.
 */
export async function openRollback({
  ctx,
  input,
}: {
  ctx: Context;
  input: OpenRollbackInput & { environmentId: string };
}): Promise<PullRequestRow> {
  requireRole(ctx, "operator");
  const { organizationId, actor, address } = ctx;
  const id = randomUUID();
  try {
    await withOrganization(organizationId, async (tx) => {
      const environment = await findEnvironment(tx, organizationId, input.environmentId);
      const { kind = "rollback", toRevision, reason, narrow = false } = input;
      const { obstacles, targetDigest } = await readRollback(tx, environment, {
        kind,
        toRevision,
        fromRevision: null,
      });
      if (obstacles.length > 0)
        throw new AppError("conflict", obstacles.join(" "), { details: { obstacles } });
      const fromRevision = environment.headRevision!;
      const name = rollbackBranch({ environment, kind, toRevision, fromRevision, narrow });
      const before = await tx.pullRequest.count({
        where: {
          organizationId,
          environmentId: environment.id,
          OR: [{ branch: name }, { branch: { startsWith: `${name}-` } }],
        },
      });
      await tx.pullRequest.create({
        data: {
          organizationId,
          id,
          kind,
          narrow,
          commitRevision: kind === "revert" ? toRevision : null,
          environmentId: environment.id,
          repositoryId: environment.repositoryId,
          status: "requested",
          // One that was closed has its commit, with its reason: the next one is another.
          branch: before === 0 ? name : `${name}-${before + 1}`,
          fromRevision,
          toRevision,
          targetDigest,
          reason,
          requestedBy: actor.id ?? id,
          requester: actor.name,
        },
      });
      await enqueue(tx, "open-rollback", { organizationId, pullRequestId: id });
      const subject = { kind: "environment", id: environment.id, name: environment.name };
      const details = { pullRequest: id, kind, fromRevision, toRevision, reason, narrow };
      await appendAudit(tx, {
        organizationId,
        actor,
        address,
        action: "rollback.requested",
        subject,
        details,
      });
      await notifyLive(tx, organizationId, [
        { topic: "pull-request", id },
        { topic: "environment", id: environment.id },
      ]);
    });
  } catch (error) {
    if (isUniqueViolation(error))
      throw new AppError("conflict", "Another rollback of this environment was asked for just now.");
    throw error;
  }
  return getPullRequest({ ctx, input: { id } });
}
