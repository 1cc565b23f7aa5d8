import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, inject } from "vitest";
import type { ClusterTier } from "../../e2e/tiers/cluster.ts";
import type { ResourceStatus } from "../../lib/protocol/object.ts";
import type { EnvironmentRevision, ObjectOutcome, Report, Sync } from "../../lib/protocol/report.ts";
import { writeTestKubeconfig } from "../cluster/test-restricted.ts";
import { eventually, startTestControlPlane } from "../test-control-plane.ts";
import { stateOf } from "../verdict/counts.ts";
import { runAgents } from "./test-agents.ts";
import { type ApiProxy, startApiProxy } from "./test-api-proxy.ts";
import { openKube } from "./test-kube.ts";
import { openRepository } from "./test-repository.ts";

export { eventually } from "../test-control-plane.ts";
export { configMap, deployment, manifest } from "./test-manifests.ts";

/** Any field of an environment's declaration; what it leaves out is `sync` of `app`, looked at each second. */
export type Declared = Record<string, unknown> & { path?: string };

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** One test's own world; everything in it is closed after the test. */
export type World = Awaited<ReturnType<typeof openWorld>>;

/**
 * A namespace on the real API server, a repository over HTTP, a control plane, and agents that follow the one
 * in the other. Environments have short names here and unique ones in the cluster, which tests share.
 */
export async function openWorld(
  options: {
    environments?: Record<string, Declared>;
    /** The agent talks to the API server through `world.api`, which notes every request. */
    proxy?: boolean;
    /** Default: the cluster of the tier. */
    on?: Pick<ClusterTier, "server" | "adminToken" | "caData" | "kubeconfigPath" | "engines">;
  } = {},
) {
  const on = options.on ?? inject("cluster");
  const folder = mkdtempSync(join(tmpdir(), "plumbline-world-"));
  closing.push(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  const suffix = folder.slice(-6).toLowerCase();
  const namespace = `world-${suffix}`;
  const kube = await openKube(on, namespace);
  closing.push(kube.close);
  await kube.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, namespace: "" } });
  closing.push(() => kube.delete(`Namespace/${namespace}`));

  const repository = await openRepository(join(folder, "git"));
  closing.push(repository.close);
  const told = new Map<string, { environment: string; sync: Sync }[]>();
  const hear = ({ environment, syncs }: Report) => {
    for (const sync of syncs) told.set(sync.id, [...(told.get(sync.id) ?? []), { environment, sync }]);
  };
  const server = await startTestControlPlane({ onReport: hear });
  closing.push(server.close);

  const file = join(folder, "environments.yaml");
  const nameOf = (environment: string) => `${environment}-${suffix}`;
  const declare = (environments: Record<string, Declared>) => {
    const entries = Object.entries(environments).map(([name, { dependsOn, ...rest }]) => ({
      ...{ repository: { url: repository.url }, path: "app", mode: "sync", interval: "1s", namespace },
      ...rest,
      ...(Array.isArray(dependsOn) && { dependsOn: dependsOn.map(nameOf) }),
      name: nameOf(name),
    }));
    writeFileSync(file, JSON.stringify({ environments: entries }));
  };
  declare(options.environments ?? { production: {} });
  const first = Object.keys(options.environments ?? {})[0] ?? "production";

  let api: ApiProxy | undefined;
  let kubeconfig = on.kubeconfigPath;
  if (options.proxy) {
    api = await startApiProxy(on);
    closing.push(api.close);
    kubeconfig = join(folder, "proxy.kubeconfig");
    await writeTestKubeconfig(kubeconfig, { url: api.url, token: on.adminToken, caData: on.caData });
  }
  const dataDir = join(folder, "agent");
  mkdirSync(dataDir);
  const agents = runAgents({
    PLUMBLINE_URL: server.url,
    PLUMBLINE_TOKEN: "test-token",
    PLUMBLINE_ENVIRONMENTS_FILE: file,
    PLUMBLINE_DATA_DIR: dataDir,
    PLUMBLINE_LOG_LEVEL: "error",
    PLUMBLINE_HELM: on.engines.helm,
    PLUMBLINE_KUBECTL: on.engines.kubectl,
    KUBECONFIG: kubeconfig,
  });
  closing.push(agents.stopAll);

  const recorded = (environment = first) => server.state.environments.get(nameOf(environment));
  const resources = (environment?: string): ResourceStatus[] => [
    ...(recorded(environment)?.resources.values() ?? []),
  ];
  const syncs = (environment = first): Sync[] =>
    [...told.values()].flatMap(([one]) => (one?.environment === nameOf(environment) ? [one.sync] : []));
  const state = (environment?: string): string => {
    const found = recorded(environment);
    if (!found) return "unreported";
    return stateOf({ ...found.report, resources: [...found.resources.values()] });
  };

  const world = {
    ...{ namespace, folder, kube, server, repository, declare, nameOf, resources, syncs, state, dataDir },
    /** Unique in the cluster: for names of objects that are in no namespace. */
    suffix,
    /** Starts an agent in this process. */
    start: agents.start,
    /** Starts an agent as a process of its own, which can be killed. */
    spawn: agents.spawn,
    /** What the agent asked the API server; only where the world was opened with `proxy`. */
    api: api ?? refusedApi(),
    /** Writes files (null removes one), commits, pushes, and says "look now"; answers the revision. */
    async commit(files: Record<string, string | null>, message = "A commit"): Promise<string> {
      const revision = await repository.commit(files, message);
      server.hint({ reason: "push" });
      return revision;
    },
    /** The last report of an environment. */
    report: (environment?: string): Report | undefined => recorded(environment)?.report,
    /** The verdict on one object, by `Kind/name`. */
    resource: (name: string, environment?: string): ResourceStatus | undefined =>
      resources(environment).find(({ ref }) => `${ref.kind}/${ref.name}` === name),
    /** How often each sync was told, by its id, with what each telling said. */
    told,
    /** Waits until the environment is converged at a revision and its sync is in the history. */
    async converged(revision: string, options: { environment?: string; timeoutMs?: number } = {}) {
      const { environment, timeoutMs = 60_000 } = options;
      await eventually(() => {
        const report = recorded(environment)?.report;
        const last = syncs(environment).findLast((sync) => sync.revision === revision);
        if (state(environment) === "Converged" && report?.comparedRevision === revision && last) return true;
        throw new Error(
          `${state(environment)} at ${report?.comparedRevision}, not ${revision}: ${report?.problem?.message}`,
        );
      }, timeoutMs);
      return syncs(environment).findLast((sync) => sync.revision === revision) as Sync;
    },
    /** Waits until the environment has looked at a commit, be it that this changes nothing of it, and is converged. */
    lookedAt: (revision: string, environment?: string): Promise<Report> =>
      eventually(() => {
        const report = recorded(environment)?.report;
        return state(environment) === "Converged" && report?.head?.revision === revision ? report : undefined;
      }),
    /** Every revision that the environment was told to have, oldest first, once each. */
    revisions: (environment = first): EnvironmentRevision[] => [
      ...new Map(
        (server.state.environments.get(nameOf(environment))?.reports ?? []).flatMap(({ revisions }) =>
          revisions.map((one) => [one.commit.revision, one] as const),
        ),
      ).values(),
    ],
    /** Waits until the environment has a problem, and answers it. */
    problem: (reason?: string, environment?: string) =>
      eventually(() => {
        const problem = recorded(environment)?.report.problem;
        return problem && (reason === undefined || problem.reason === reason) ? problem : undefined;
      }),
    /** Waits for a sync of this kind, and answers it: `world.sync({ trigger: "drift" })`. */
    sync: (like: Partial<Sync>, environment?: string): Promise<Sync> =>
      eventually(() =>
        syncs(environment).find((sync) =>
          Object.entries(like).every(([field, value]) => sync[field as keyof Sync] === value),
        ),
      ),
  };
  return {
    ...world,
    /** Commits the first files, starts an agent, and waits until the environment is converged. */
    async begin(files: Record<string, string | null>, options?: { timeoutMs?: number }): Promise<Sync> {
      const revision = await world.commit(files, "First");
      await world.start();
      return world.converged(revision, options);
    },
    /** Commits, and waits until the environment is converged at that commit. */
    async follow(files: Record<string, string | null>, message?: string): Promise<Sync> {
      return world.converged(await world.commit(files, message));
    },
  };
}

function refusedApi(): ApiProxy {
  const get = () => {
    throw new Error("Open the world with `proxy: true` to see what the agent asks.");
  };
  return new Proxy({} as ApiProxy, { get });
}

/** What a sync did to an object, by `Kind/name`. */
export function outcomeOf(sync: Sync, name: string): ObjectOutcome["action"] | undefined {
  return sync.objects.find(({ ref }) => `${ref.kind}/${ref.name}` === name)?.action;
}

/** What a sync said of an object, by `Kind/name`. */
export function messageOf(sync: Sync, name: string): string | undefined {
  return sync.objects.find(({ ref }) => `${ref.kind}/${ref.name}` === name)?.message;
}
