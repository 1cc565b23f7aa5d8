import { createHash, randomUUID } from "node:crypto";
import { type Agent, authenticateAgent } from "../auth/agent-tokens.ts";
import type { Context } from "../auth/context.ts";
import { connectCluster } from "../clusters/connect-cluster.ts";
import { recordSession } from "../clusters/record-session.ts";
import { withoutOrganization } from "../db.ts";
import { listEnvironments } from "../environments/list-environments.ts";
import { recordReport } from "../environments/record-report.ts";
import { createOrganization } from "../organizations/create-organization.ts";
import type { DeclaredEnvironment } from "../protocol/declaration.ts";
import type { ResourceStatus } from "../protocol/object.ts";
import type { Commit, Report, Sync } from "../protocol/report.ts";
import type { SessionRequest } from "../protocol/session.ts";
import { PROGRESS_DEADLINE_MS } from "../protocol/state.ts";

/** An organization with an admin, as verbs see it. */
export async function makeTenant(name: string): Promise<{ ctx: Context; slug: string; userId: string }> {
  const person = { id: randomUUID(), name: `Admin of ${name}` };
  await withoutOrganization((tx) => tx.user.create({ data: person }));
  const { id, slug } = await createOrganization({ person, input: { name } });
  const actor = { kind: "person" as const, id: person.id, name: person.name };
  return { ctx: { organizationId: id, role: "admin", actor, address: null }, slug, userId: person.id };
}

export function declaration(name: string, over: Partial<DeclaredEnvironment> = {}): DeclaredEnvironment {
  return {
    name,
    repository: "https://github.com/acme/shop.git",
    ref: "main",
    path: `environments/${name}`,
    mode: "sync",
    renderer: "auto",
    prune: true,
    labels: {},
    progressDeadlineMs: PROGRESS_DEADLINE_MS,
    remoteSuspend: true,
    dependsOn: [],
    windows: [],
    ...over,
  };
}

export function hello(environments: DeclaredEnvironment[], uid: string = randomUUID()): SessionRequest {
  return {
    protocol: 1,
    agentVersion: "0.1.0",
    stream: randomUUID(),
    cluster: { uid, kubernetesVersion: "v1.36.0", simulated: false },
    environments,
    invalid: [],
  };
}

/** A connected cluster with one environment, and a way to report on it. */
export async function makeEnvironment(
  ctx: Context,
  cluster: string,
  name = "production",
  over: Partial<DeclaredEnvironment> = {},
) {
  const { token, clusterId } = await connectCluster({ ctx, input: { name: cluster } });
  const agent: Agent = await authenticateAgent(`Bearer ${token}`);
  const { session } = await recordSession({ agent, input: hello([declaration(name, over)]) });
  const { environments } = await listEnvironments({ ctx });
  const { id } = environments.find((one) => one.cluster.id === clusterId && one.name === name)!;
  const send = (sent: Report, now?: Date) => recordReport({ agent, report: sent, ...(now ? { now } : {}) });
  return { token, clusterId, agent, session, id, name, send };
}

export const sha = (text: string) => createHash("sha1").update(text).digest("hex");
export const digest = (text: string) => createHash("sha256").update(text).digest("hex");

export function commit(text: string, committedAt = new Date(Date.now() - 60_000).toISOString()): Commit {
  return { revision: sha(text), author: "Ada", authorEmail: "ada@example.com", committedAt, subject: text };
}

export function resource(name: string, over: Partial<ResourceStatus> = {}): ResourceStatus {
  return {
    ref: { group: "apps", version: "v1", kind: "Deployment", namespace: "shop", name },
    sync: "Synced",
    health: "Healthy",
    changes: [],
    desiredDigest: digest(name),
    ...over,
  };
}

/** A Deployment whose replicas somebody changed by hand. */
export function drifted(name: string, time = new Date().toISOString()): ResourceStatus {
  const by = { manager: "kubectl-edit", operation: "Update" as const, time, who: "kubectl edit" };
  const change = {
    path: "spec.replicas",
    pointer: "/spec/replicas",
    type: "modified" as const,
    counts: true,
    desired: 6,
    observed: 2,
    by,
  };
  return resource(name, { sync: "Modified", cause: "drift", changes: [change] });
}

/** A full report of a converged environment, unless `over` says otherwise. */
export function report(
  environment: string,
  stream: string,
  sequence: number,
  over: Partial<Report> = {},
): Report {
  const head = over.head ?? commit("first");
  return {
    environment,
    stream,
    sequence,
    base: null,
    observedAt: new Date().toISOString(),
    head,
    revision: head,
    comparedRevision: head.revision,
    renderedDigest: digest(head.revision),
    problem: null,
    suspended: null,
    waiting: null,
    applying: false,
    movingSince: null,
    resources: [resource("quotes"), resource("orders")],
    removed: [],
    syncs: [],
    revisions: [],
    ...over,
  };
}

export function sync(of: Commit, over: Partial<Sync> = {}): Sync {
  return {
    id: randomUUID(),
    revision: of.revision,
    commit: of,
    trigger: "commit",
    mode: "sync",
    outcome: "succeeded",
    startedAt: new Date(Date.now() - 5000).toISOString(),
    finishedAt: new Date(Date.now() - 4000).toISOString(),
    renderedDigest: digest(of.revision),
    objects: [],
    ...over,
  };
}
