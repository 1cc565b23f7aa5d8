import { randomUUID } from "node:crypto";
import { appendAudit } from "../audit/append-audit.ts";
import type { Agent } from "../auth/agent-tokens.ts";
import { type Transaction, withOrganization } from "../db.ts";
import { env } from "../env.ts";
import { AppError } from "../errors.ts";
import { notifyLive } from "../events.ts";
import type { LiveEvent } from "../organizations/schemas.ts";
import type { SessionRequest, SessionResponse } from "../protocol/session.ts";
import { repositoryAddress, repositoryName, withoutCredentials } from "../repositories/rules.ts";
import { markSeen } from "./mark-seen.ts";

/** Largest agent request taken, in bytes, after decompression. */
export const maxRequestBytes = 32 * 1024 * 1024;

/**
 * An agent says hello: which cluster it is in and what is declared there, which from now on are the
 * cluster's environments. Answers what the server has of each already.
 */
export async function recordSession({
  agent,
  input,
  address = null,
}: {
  agent: Agent;
  input: SessionRequest;
  /** Where the agent calls from, for the audit log. */
  address?: string | null;
}): Promise<SessionResponse> {
  const { organizationId, clusterId } = agent;
  return withOrganization(organizationId, async (tx) => {
    await tx.$queryRaw`select 1 from clusters where organization_id = ${organizationId}::uuid and id = ${clusterId}::uuid for update`;
    const cluster = await tx.cluster.findUniqueOrThrow({
      where: { organizationId_id: { organizationId, id: clusterId } },
    });
    if (cluster.uid && cluster.uid !== input.cluster.uid)
      throw new AppError(
        "conflict",
        `This token belongs to the cluster "${cluster.name}", which is another one (its kube-system namespace has another UID). Connect this cluster with a token of its own.`,
      );
    const { uid, kubernetesVersion, simulated } = input.cluster;
    await tx.cluster.update({
      where: { organizationId_id: { organizationId, id: clusterId } },
      data: {
        uid,
        kubernetesVersion,
        simulated,
        agentVersion: input.agentVersion,
        invalid: input.invalid,
        connectedAt: cluster.connectedAt ?? new Date(),
      },
    });
    const monthAgo = new Date(Date.now() - 30 * 86_400_000);
    await tx.agentSession.deleteMany({ where: { organizationId, clusterId, startedAt: { lt: monthAgo } } });
    const actor = { kind: "agent" as const, id: clusterId, name: `agent of ${cluster.name}` };
    const subject = { kind: "cluster", id: clusterId, name: cluster.name };
    // An agent that comes back after an outage says hello again, and is the one that it was.
    const known = await tx.agentSession.findFirst({
      where: { organizationId, clusterId, stream: input.stream, tokenId: agent.tokenId },
      select: { id: true },
    });
    const session = randomUUID();
    await tx.agentSession.create({
      data: {
        organizationId,
        id: session,
        clusterId,
        tokenId: agent.tokenId,
        stream: input.stream,
        protocol: input.protocol,
        agentVersion: input.agentVersion,
      },
    });
    const { changed, declared, removed } = await declare(tx, agent, input);
    if (!known)
      await appendAudit(tx, {
        ...{ organizationId, actor, address, subject },
        action: cluster.connectedAt ? "agent.connected" : "cluster.connected",
        details: { agentVersion: input.agentVersion, kubernetesVersion, token: agent.tokenId },
      });
    if (declared.length + removed.length > 0)
      await appendAudit(tx, {
        ...{ organizationId, actor, address, subject },
        action: "cluster.declared",
        details: { environments: named(declared), removed: named(removed) },
      });
    await markSeen(tx, { organizationId, clusterId });
    await notifyLive(tx, organizationId, [{ topic: "cluster", id: clusterId }, ...changed]);
    const reported = await tx.environment.findMany({
      where: { organizationId, clusterId, removedAt: null, stream: { not: null } },
      select: { name: true, stream: true, sequence: true },
    });
    return {
      session,
      clusterName: cluster.name,
      reportIntervalMs: env().REPORT_INTERVAL_MS,
      maxRequestBytes,
      acknowledged: Object.fromEntries(
        reported.map(({ name, stream, sequence }) => [name, { stream: stream!, sequence: sequence! }]),
      ),
    };
  });
}

async function declare(
  tx: Transaction,
  agent: Agent,
  hello: Pick<SessionRequest, "environments" | "invalid">,
): Promise<{ changed: LiveEvent[]; declared: string[]; removed: string[] }> {
  const { organizationId, clusterId } = agent;
  const environments = [...new Map(hello.environments.map((one) => [one.name, one])).values()];
  const repositories = [
    ...new Map(environments.map(({ repository }) => [repositoryAddress(repository), repository])).entries(),
  ];
  await tx.repository.createMany({
    data: repositories.map(([address, url]) => ({
      organizationId,
      id: randomUUID(),
      address,
      url: withoutCredentials(url),
      name: repositoryName(url),
    })),
    skipDuplicates: true,
  });
  const rows = environments.map((one) => ({
    ...one,
    id: randomUUID(),
    address: repositoryAddress(one.repository),
    namespace: one.namespace ?? null,
    progress_deadline_ms: one.progressDeadlineMs,
    remote_suspend: one.remoteSuspend,
    declared: {
      dependsOn: one.dependsOn,
      serviceAccount: one.serviceAccount ?? null,
      windows: one.windows,
    },
  }));
  const touched = await tx.$queryRaw<{ id: string; name: string; mode: string }[]>`
    insert into environments as e
      (organization_id, id, cluster_id, repository_id, name, ref, path, mode, renderer, namespace, prune, labels,
        progress_deadline_ms, remote_suspend, declared)
    select ${organizationId}::uuid, d.id, ${clusterId}::uuid, r.id, d.name, d.ref, d.path, d.mode, d.renderer, d.namespace, d.prune, d.labels,
      d.progress_deadline_ms, d.remote_suspend, d.declared
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as d(id uuid, address text, name text, ref text, path text,
      mode text, renderer text, namespace text, prune boolean, labels jsonb,
      progress_deadline_ms int, remote_suspend boolean, declared jsonb)
    join repositories r on r.organization_id = ${organizationId}::uuid and r.address = d.address
    on conflict (organization_id, cluster_id, name) do update set
      repository_id = excluded.repository_id, ref = excluded.ref, path = excluded.path, mode = excluded.mode,
      renderer = excluded.renderer, namespace = excluded.namespace, prune = excluded.prune, labels = excluded.labels,
      progress_deadline_ms = excluded.progress_deadline_ms, remote_suspend = excluded.remote_suspend, declared = excluded.declared,
      removed_at = null
    where (e.repository_id, e.ref, e.path, e.mode, e.renderer, e.namespace, e.prune, e.labels,
        e.progress_deadline_ms, e.remote_suspend, e.declared, e.removed_at)
      is distinct from (excluded.repository_id, excluded.ref, excluded.path, excluded.mode, excluded.renderer,
        excluded.namespace, excluded.prune, excluded.labels,
        excluded.progress_deadline_ms, excluded.remote_suspend, excluded.declared, null::timestamptz)
    returning e.id, e.name, e.mode`;
  // One whose declaration is broken now keeps its last good state, and says so.
  const broken = await tx.$queryRaw<{ id: string }[]>`
    update environments e set report_problem = 'Its declaration cannot be used: ' || b.message, report_problem_at = now()
    from jsonb_to_recordset(${JSON.stringify(hello.invalid)}::jsonb) as b(name text, message text)
    where e.organization_id = ${organizationId}::uuid and e.cluster_id = ${clusterId}::uuid and e.name = b.name
      and e.removed_at is null
    returning e.id`;
  const names = [...environments, ...hello.invalid].map(({ name }) => name);
  const removed = await tx.$queryRaw<{ id: string; name: string }[]>`
    update environments set removed_at = now(), stream = null, sequence = null, recheck_at = null, alert_at = null
    where organization_id = ${organizationId}::uuid and cluster_id = ${clusterId}::uuid and removed_at is null
      and name <> all(${names}::text[])
    returning id, name`;
  const changed = [
    ...[...touched, ...broken, ...removed].map(({ id }) => ({ topic: "environment" as const, id })),
    ...(touched.length ? [{ topic: "repository" as const, id: "*" }] : []),
  ];
  return {
    changed,
    declared: touched.map(({ name, mode }) => `${name} (${mode})`),
    removed: removed.map(({ name }) => name),
  };
}

const mostNamed = 50;

/** Names in order, not without end. */
function named(names: string[]): string[] {
  const more = names.length - mostNamed;
  return [...names.toSorted().slice(0, mostNamed), ...(more > 0 ? [`and ${more} more`] : [])];
}
