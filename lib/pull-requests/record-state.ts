import { appendAudit } from "../audit/append-audit.ts";
import type { Actor } from "../auth/context.ts";
import { withOrganization } from "../db.ts";
import { notifyHint, notifyLive } from "../events.ts";
import type { PullRequest as HostPullRequest } from "../git-hosts/index.ts";
import { advancePullRequests } from "./advance-pull-requests.ts";

/**
 * Brings a pull request's row up to what its host says of it. A merge sends the environment's agent
 * to look. Saying the same twice changes nothing.
 */
export function recordPullRequestState(call: {
  organizationId: string;
  id: string;
  host: HostPullRequest;
  actor: Actor;
}): Promise<void> {
  const { organizationId, id, host, actor } = call;
  return withOrganization(organizationId, async (tx) => {
    await tx.$queryRaw`select 1 from pull_requests where organization_id = ${organizationId}::uuid and id = ${id}::uuid for update`;
    const row = await tx.pullRequest.findUniqueOrThrow({
      where: { organizationId_id: { organizationId, id } },
      include: { environment: true },
    });
    const { environment } = row;
    const at = { organizationId_id: { organizationId, id } };
    const subject = { kind: "environment", id: environment.id, name: environment.name };
    const details = { pullRequest: id, number: host.number, toRevision: row.toRevision };
    if (row.status === "requested" || (row.status === "failed" && row.number === null)) {
      await tx.pullRequest.update({
        where: at,
        data: {
          status: "open",
          number: host.number,
          url: host.url,
          openedAt: new Date(host.openedAt),
          problem: null,
        },
      });
      await appendAudit(tx, {
        organizationId,
        actor,
        action: "rollback.opened",
        subject,
        details: { ...details, url: host.url },
      });
      row.status = "open";
    }
    if (row.status === "open" && host.state === "merged") {
      const mergedAt = host.mergedAt ? new Date(host.mergedAt) : new Date();
      await tx.pullRequest.update({
        where: at,
        data: { status: "merged", mergedAt, mergeRevision: host.mergeCommitSha },
      });
      await appendAudit(tx, {
        organizationId,
        actor,
        action: "rollback.merged",
        subject,
        details: { ...details, mergedBy: host.mergedBy, revision: host.mergeCommitSha },
      });
      await notifyHint(tx, organizationId, environment.clusterId, {
        environment: environment.name,
        reason: "merged",
      });
      // The agent may have been quicker than the host's webhook.
      const head = environment.headRevision
        ? await tx.revision.findFirst({
            where: {
              organizationId,
              repositoryId: environment.repositoryId,
              revision: environment.headRevision,
            },
          })
        : null;
      const seen = { ...environment, headCommittedAt: head?.committedAt ?? null };
      await advancePullRequests(tx, {
        organizationId,
        environment: seen,
        at: environment.convergedAt ?? new Date(),
      });
    } else if (row.status === "open" && host.state === "closed") {
      await tx.pullRequest.update({
        where: at,
        data: { status: "closed", closedAt: host.closedAt ? new Date(host.closedAt) : new Date() },
      });
      await appendAudit(tx, { organizationId, actor, action: "rollback.closed", subject, details });
    }
    await tx.pullRequest.update({ where: at, data: { checkedAt: new Date() } });
    await notifyLive(tx, organizationId, [
      { topic: "pull-request", id },
      { topic: "environment", id: environment.id },
    ]);
  });
}
