import { mkdirSync } from "node:fs";
import { startFakeKubernetes } from "#e2e/fakes/kubernetes/start.ts";
import { findKubeBinaries, type KubeBinaries } from "../kube/binaries.ts";
import { startCluster } from "../kube/cluster.ts";
import type { Running } from "../processes/running.ts";
import { type Kept, places, writeKept } from "./folder.ts";
import { logTo } from "./log-file.ts";
import type { DemoOptions } from "./options.ts";
import { demoEnvironments } from "./repository/index.ts";

/** A cluster of the demo that answers. */
export interface DemoCluster {
  name: string;
  /** Which of the demo repository's clusters it stands for. */
  role: (typeof demoEnvironments)[number]["cluster"];
  kubeconfig: string;
  context?: string;
  /** Whether the demo may change it. */
  writable: boolean;
  pids: number[];
}

/** Real binaries where there are any, as at the first start: a fresh machine has none, and does not need them. */
function chooseBinaries(kept: Kept, say: (line: string) => void): KubeBinaries | undefined {
  const binaries = findKubeBinaries();
  kept.clusters ??= binaries ? "real" : "simulated";
  writeKept(kept);
  if (kept.clusters === "real" && binaries) {
    say(`the clusters are real Kubernetes control planes (${binaries["kube-apiserver"]})`);
    return binaries;
  }
  if (kept.clusters === "real")
    throw new Error(
      "The demo's clusters were real ones before, whose binaries are gone. Build them with `npm run setup`, or " +
        "begin anew with `npm run demo -- --reset`.",
    );
  say(
    binaries
      ? "the clusters are simulated, as before; `npm run demo -- --reset` begins anew with the real ones found here"
      : "the clusters are simulated (KUBEBUILDER_ASSETS or `npm run setup` and --reset give real ones)",
  );
  return undefined;
}

/** Starts both clusters, or takes the person's own one in place of production. */
export async function startClusters(
  options: DemoOptions,
  kept: Kept,
  running: Running,
  say: (line: string) => void,
): Promise<DemoCluster[]> {
  const roles = [...new Set(demoEnvironments.map(({ cluster }) => cluster))];
  const binaries = chooseBinaries(kept, say);
  return Promise.all(
    roles.map(async (role) => {
      if (options.own && role === "eu-west-1-prod") return ownCluster(options, role, say);
      return binaries ? startReal(role, binaries, running) : startSimulated(role, running);
    }),
  );
}

function ownCluster(
  { own, sync }: DemoOptions,
  role: DemoCluster["role"],
  say: (line: string) => void,
): DemoCluster {
  const { kubeconfig, context } = own!;
  say(
    `${context} of ${kubeconfig} takes the place of ${role}; ` +
      (sync
        ? "its namespaces production, payments and platform will be created and changed"
        : "it is only read (--sync lets the demo write)"),
  );
  const name = context
    .toLowerCase()
    .replaceAll(/[^a-z0-9.-]+/g, "-")
    .replaceAll(/^[^a-z0-9]+|[^a-z0-9]+$/g, "");
  return { name: name || "own", role, kubeconfig, context, writable: sync, pids: [] };
}

async function startReal(role: DemoCluster["role"], binaries: KubeBinaries, running: Running) {
  const dir = places.cluster(role);
  mkdirSync(dir, { recursive: true });
  const log = logTo(places.log(role));
  const cluster = await running.start(
    role,
    () => startCluster({ dir, name: role, nodes: 3, binaries, log }),
    (one) => one.stop(),
  );
  const pids = Object.values(cluster.pids);
  return { name: role, role, kubeconfig: cluster.kubeconfigPath, writable: true, pids };
}

async function startSimulated(role: DemoCluster["role"], running: Running) {
  // A folder of its own: the data of etcd and ours would not understand each other.
  const dataDir = `${places.cluster(role)}-simulated`;
  mkdirSync(dataDir, { recursive: true });
  const log = logTo(places.log(role));
  const cluster = await running.start(
    role,
    () => startFakeKubernetes({ name: role, dataDir, podReadyMs: 900, log }),
    (one) => one.stop(),
  );
  return { name: role, role, kubeconfig: cluster.kubeconfigPath, writable: true, pids: [] };
}
