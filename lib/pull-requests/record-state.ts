import { appendAudit } from "../audit/append-audit.ts";
import type { Actor } from "../auth/context.ts";
import { isUniqueViolation, Prisma, type PullRequest, type Transaction, withOrganization } from "../db.ts";
import { holdEnvironment } from "../environments/hold-environment.ts";
import { notifyHint, notifyLive } from "../events.ts";
import type { PullRequest as HostPullRequest } from "../git-hosts/index.ts";
import { advancePullRequests } from "./advance-pull-requests.ts";
import type { Situation } from "./rules.ts";
import type { HostState } from "./schemas.ts";

type Call = {
  organizationId: string;
  id: string;
  host: HostPullRequest;
  actor: Actor;
  /** What is missing of a pull request that was closed. */
  missing?: Situation | null;
};
type Event = { action: string; details: Record<string, Prisma.InputJsonValue | null> };

/**
 * Brings a pull request's row up to what its host says of it. A merge sends the environment's agent
 * to look. Saying the same twice changes nothing.
 */
export async function recordPullRequestState(call: Call): Promise<void> {
  try {
    await record(call);
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    // It was reopened on the host while another rollback of the environment is under way here.
    await withOrganization(call.organizationId, (tx) =>
      tx.pullRequest.updateMany({
        where: { organizationId: call.organizationId, id: call.id },
        data: {
          problem:
            "It was reopened, and another rollback of this environment is under way: close one of the two.",
          checkedAt: new Date(),
        },
      }),
    );
  }
}

function record({ organizationId, id, host, actor, missing = null }: Call): Promise<void> {
  return withOrganization(organizationId, async (tx) => {
    await tx.$queryRaw`select 1 from pull_requests where organization_id = ${organizationId}::uuid and id = ${id}::uuid for update`;
    const row = await tx.pullRequest.findUniqueOrThrow({
      where: { organizationId_id: { organizationId, id } },
      include: { environment: true },
    });
    const { environment } = row;
    const subject = { kind: "environment", id: environment.id, name: environment.name };
    const details = { pullRequest: id, number: host.number, toRevision: row.toRevision };
    const data: Prisma.PullRequestUpdateInput = {
      checkedAt: new Date(),
      failure: host.state === "closed" ? missing : null,
      problem: null,
      retryAt: null,
      host: host.state === "open" ? { ...hostState(host) } : Prisma.DbNull,
    };
    const events: Event[] = [];
    let status = row.status;
    if (status === "requested" || (status === "failed" && row.number === null)) {
      status = "open";
      Object.assign(data, {
        number: host.number,
        url: host.url,
        openedAt: new Date(host.openedAt),
        openedBy: host.openedBy,
        closedAt: null,
      });
      events.push({ action: "rollback.opened", details: { ...details, url: host.url, as: host.openedBy } });
    }
    if (status === "closed" && host.state !== "closed") {
      status = "open";
      data.closedAt = null;
      events.push({ action: "rollback.reopened", details });
    }
    if (status === "open" && host.state === "merged") {
      status = "merged";
      Object.assign(data, {
        mergedAt: host.mergedAt ? new Date(host.mergedAt) : new Date(),
        mergeRevision: host.mergeCommitSha,
      });
      events.push({
        action: "rollback.merged",
        details: { ...details, mergedBy: host.mergedBy, revision: host.mergeCommitSha },
      });
    } else if (status === "open" && host.state === "closed") {
      status = "closed";
      data.closedAt = host.closedAt ? new Date(host.closedAt) : new Date();
      events.push({ action: "rollback.closed", details });
    }
    const updated = await tx.pullRequest.update({
      where: { organizationId_id: { organizationId, id } },
      data: { ...data, status },
    });
    if (status === "merged" && row.status !== "merged") await follow(tx, updated, environment);
    await notifyLive(tx, organizationId, [
      { topic: "pull-request", id },
      { topic: "environment", id: environment.id },
    ]);
    for (const event of events) await appendAudit(tx, { organizationId, actor, subject, ...event });
  });
}

function hostState({ mergeable, checks, approvals, changesRequestedBy }: HostPullRequest): HostState {
  return { mergeable, checks, changesRequestedBy, approvals: approvals.map(({ login }) => login) };
}

type Environment = Prisma.EnvironmentGetPayload<object>;

/** A merge: the environment is held, its agent is told, and may have been quicker than the host's webhook. */
async function follow(tx: Transaction, pullRequest: PullRequest, environment: Environment) {
  const { organizationId } = environment;
  await holdEnvironment(tx, pullRequest);
  await notifyHint(tx, organizationId, environment.clusterId, {
    environment: environment.name,
    reason: "merged",
  });
  const head = environment.headRevision
    ? await tx.revision.findFirst({
        where: {
          organizationId,
          repositoryId: environment.repositoryId,
          revision: environment.headRevision,
        },
      })
    : null;
  await advancePullRequests(tx, {
    organizationId,
    environment: { ...environment, headCommittedAt: head?.committedAt ?? null },
    at: environment.convergedAt ?? new Date(),
  });
}
