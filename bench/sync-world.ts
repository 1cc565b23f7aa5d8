import { fork } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Agent, request } from "undici";
import { eventually } from "../agent/test-control-plane.ts";
import { startGitServer } from "../agent/test-git-server.ts";
import type { Hint } from "../lib/protocol/hint.ts";
import { ensureEngines } from "../scripts/engines/engines.ts";
import { startCluster } from "../scripts/kube/cluster.ts";
import { type Cpu, cpuOf } from "./cpu.ts";
import { environmentFile, namespacesOf } from "./sync-objects.ts";
import type { Heard } from "./sync-receiver.ts";

type Say = (line: string) => void;

/** A fresh cluster, its API, and how to furnish it. */
export type SyncWorld = Awaited<ReturnType<typeof openSyncWorld>>;

/** Starts a cluster with nothing in it. */
export async function openSyncWorld(options: { kubeApiQps: number; say: Say }) {
  const { kubeApiQps, say } = options;
  const folder = mkdtempSync(join(tmpdir(), "plumbline-bench-sync-"));
  const engines = await ensureEngines(say);
  const cluster = await startCluster({ dir: join(folder, "cluster"), kubeApiQps, log: say });
  const dispatcher = new Agent({ connect: { ca: cluster.caData }, headersTimeout: 0, bodyTimeout: 0 });

  let isClosed = false;

  async function call(method: "GET" | "POST" | "PATCH", path: string, body?: object) {
    const type = method === "PATCH" ? "application/strategic-merge-patch+json" : "application/json";
    const answer = await request(`${cluster.server}${path}`, {
      method,
      dispatcher,
      headers: {
        authorization: `Bearer ${cluster.adminToken}`,
        "user-agent": "by-hand",
        ...(body && { "content-type": type }),
      },
      body: body && JSON.stringify(body),
    });
    if (answer.statusCode > 299)
      throw new Error(`${method} ${path}: ${answer.statusCode} ${await answer.body.text()}`);
    return answer.body;
  }

  async function countOf(path: string): Promise<number> {
    const list = (await (await call("GET", path)).json()) as { items: { metadata: { name: string } }[] };
    return list.items.filter(({ metadata }) => ["default", "kube-root-ca.crt"].includes(metadata.name))
      .length;
  }

  return {
    ...{ folder, engines, cluster, call },

    /** Processor seconds of the cluster's programs until now. */
    cpu: (): Cpu => Object.fromEntries(Object.entries(cluster.pids).map(([name, pid]) => [name, cpuOf(pid)])),

    /** Makes the namespaces of a round, and waits until the controllers have put into them what they do. */
    async makeNamespaces(names: readonly string[]): Promise<void> {
      const rest = [...names];
      const make = async () => {
        for (let name = rest.shift(); name; name = rest.shift())
          await (await call("POST", "/api/v1/namespaces", { metadata: { name } })).dump();
      };
      const before = await countOf("/api/v1/serviceaccounts");
      await Promise.all(Array.from({ length: 8 }, make));
      const all = before + names.length;
      await eventually(
        async () =>
          (await countOf("/api/v1/serviceaccounts")) >= all && (await countOf("/api/v1/configmaps")) >= all,
        300_000,
      );
    },

    /** Commits every environment's file of a round, and serves the repository. */
    async openRepository(round: string, count: number) {
      const home = join(folder, round);
      mkdirSync(home, { recursive: true });
      const git = await startGitServer(home);
      const commit = (release: string) =>
        git.commit(
          Object.fromEntries(
            namespacesOf(round, count).map((name) => [
              `environments/${name}/app.yaml`,
              environmentFile(name, release),
            ]),
          ),
          `Release ${release}`,
        );
      return { url: git.url, folder: join(home, "work"), commit, close: git.close };
    },

    async close(): Promise<void> {
      if (isClosed) return;
      isClosed = true;
      await dispatcher.destroy();
      await cluster.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Starts the small control plane; `onHeard` is called for each report that it takes. */
export async function startReceiver(onHeard: (heard: Heard) => void) {
  const child = fork(join(import.meta.dirname, "sync-receiver.ts"), { stdio: "inherit" });
  const url = await new Promise<string>((resolve, reject) => {
    child.once("error", reject);
    child.once("message", (first: { url: string }) => resolve(first.url));
  });
  child.on("message", (heard: Heard) => onHeard(heard));
  return {
    url,
    pid: child.pid as number,
    hint: (hint: Hint) => void child.send(hint),
    close: async () => child.disconnect(),
  };
}

/** The variables of an agent that follows `names`, each its own path of one repository. */
export function syncVariables(
  world: SyncWorld,
  round: string,
  names: readonly string[],
  urls: { repository: string; receiver: string },
) {
  const home = join(world.folder, `agent-${round}`);
  mkdirSync(home, { recursive: true });
  const file = join(home, "environments.yaml");
  const environments = names.map((name) => ({
    name,
    repository: { url: urls.repository },
    path: `environments/${name}`,
    mode: "sync",
  }));
  writeFileSync(file, JSON.stringify({ environments }));
  return {
    PLUMBLINE_URL: urls.receiver,
    PLUMBLINE_TOKEN: "test-token",
    PLUMBLINE_ENVIRONMENTS_FILE: file,
    PLUMBLINE_DATA_DIR: join(home, "data"),
    PLUMBLINE_HELM: world.engines.helm,
    PLUMBLINE_KUBECTL: world.engines.kubectl,
    KUBECONFIG: world.cluster.kubeconfigPath,
  };
}
