import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Log } from "../engines/cache-folder.ts";
import { freePort } from "../processes/ports.ts";
import type { KubeApi } from "./api.ts";
import { ensureKubeBinaries, type KubeBinaries } from "./binaries.ts";
import { ControlPlane, type Until } from "./control-plane.ts";
import { writeKubeconfig } from "./credentials.ts";
import type { Layout, Ports } from "./flags.ts";
import { endLeftovers } from "./leftovers.ts";

/** How a cluster is started. */
export interface ClusterOptions {
  /** Holds everything the cluster writes; starting again on the same folder finds the former data. */
  dir: string;
  /** Names the cluster in its kubeconfig. Default `plumbline`. */
  name?: string;
  /** Fake nodes. Default 1. */
  nodes?: number;
  /** `--kube-api-qps` of controller-manager and scheduler: how soon Deployments become ready. Default 100. */
  kubeApiQps?: number;
  /** Added to kube-apiserver's flags; of a flag given twice the last one counts. */
  apiserverFlags?: readonly string[];
  /** Default: what `ensureKubeBinaries` finds or builds. */
  binaries?: KubeBinaries;
  log: Log;
}

/** A running cluster: etcd, kube-apiserver, kube-controller-manager, kube-scheduler, and KWOK as kubelet. */
export interface Cluster {
  readonly name: string;
  /** A kubeconfig that may do everything. */
  readonly kubeconfigPath: string;
  /** The API's address, the same after a restart. */
  readonly server: string;
  readonly adminToken: string;
  /** The API's certificate authority, PEM. */
  readonly caData: string;
  /** Process ids by program; they change when the apiserver is started again. */
  readonly pids: Readonly<Record<string, number>>;
  /** Ends kube-apiserver with SIGKILL and leaves the rest running. */
  killApiserver(): Promise<void>;
  /** Starts kube-apiserver again on its port, waits until it is ready, and starts its controllers anew. */
  startApiserver(): Promise<void>;
  /** Ends every process and keeps the data. */
  stop(): Promise<void>;
}

/** Starts a real control plane on loopback and answers once a pod could be scheduled. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { name = "plumbline", nodes = 1, kubeApiQps = 100, log } = options;
  const binaries = options.binaries ?? (await ensureKubeBinaries(log));
  const layout = await prepareFolder(resolve(options.dir));
  const flags = { kubeApiQps, apiserver: options.apiserverFlags ?? [] };
  const plane = new ControlPlane(name, binaries, layout, flags);
  try {
    const { api, server, adminToken, caData } = await plane.start();
    const kubeconfigPath = join(layout.folder, "kubeconfig");
    writeKubeconfig(kubeconfigPath, name, server, caData, adminToken);
    await furnish(api, nodes, (what, check) => plane.until(what, check));
    return {
      name,
      kubeconfigPath,
      server,
      adminToken,
      caData,
      get pids() {
        return plane.pids();
      },
      killApiserver: () => plane.killApiserver(),
      startApiserver: () => plane.restartApiserver(),
      stop: () => plane.stop(),
    };
  } catch (error) {
    await plane.stop();
    throw error;
  }
}

/** Creates what a new cluster lacks, a class of volumes and its nodes, and waits until pods could run there. */
async function furnish(api: KubeApi, nodes: number, until: Until): Promise<void> {
  const names = Array.from({ length: nodes }, (_, index) => `node-${index + 1}`);
  await createMissing(api, "/apis/storage.k8s.io/v1/storageclasses", storageClass);
  for (const name of names) await createMissing(api, "/api/v1/nodes", node(name));
  const account = "/api/v1/namespaces/default/serviceaccounts/default";
  await until("the default service account exists", async () => (await api.get(account)).status === 200);
  for (const name of names) await until(`node ${name} is ready`, () => isSchedulable(api, name));
}

async function prepareFolder(folder: string): Promise<Layout> {
  const certFolder = join(folder, "certs");
  mkdirSync(certFolder, { recursive: true, mode: 0o700 });
  await endLeftovers(folder);
  return {
    folder,
    certFolder,
    kubeconfigPath: join(folder, "control-plane.kubeconfig"),
    tokensPath: join(folder, "tokens.csv"),
    serviceAccountKeyPath: join(folder, "service-account.key"),
    caPath: join(folder, "ca.crt"),
    stagesPath: fileURLToPath(new URL("kwok-stages.yaml", import.meta.url)),
    ports: await choosePorts(join(folder, "ports.json")),
  };
}

/** The former ports if they are free, so that a kubeconfig handed out before a stop is still good after it. */
async function choosePorts(path: string): Promise<Ports> {
  const former: Partial<Ports> = existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Ports) : {};
  const ports: Ports = {
    etcd: await freePort(former.etcd),
    etcdPeer: await freePort(former.etcdPeer),
    apiserver: await freePort(former.apiserver),
    controllerManager: await freePort(former.controllerManager),
    scheduler: await freePort(former.scheduler),
  };
  writeFileSync(path, JSON.stringify(ports));
  return ports;
}

function node(name: string) {
  const labels = {
    "kubernetes.io/hostname": name,
    "kubernetes.io/os": "linux",
    "kubernetes.io/arch": "amd64",
  };
  return { apiVersion: "v1", kind: "Node", metadata: { name, labels } };
}

/** Named in kwok-stages.yaml, whose stages provision its claims. */
const storageClass = {
  apiVersion: "storage.k8s.io/v1",
  kind: "StorageClass",
  metadata: { name: "standard", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
  provisioner: "plumbline.dev/volume",
};

async function createMissing(
  api: KubeApi,
  path: string,
  object: { metadata: { name: string } },
): Promise<void> {
  const { status, body } = await api.post(path, object);
  if (status === 201 || status === 409) return;
  throw new Error(
    `${object.metadata.name} could not be created at ${path} (${status}): ${JSON.stringify(body)}`,
  );
}

async function isSchedulable(api: KubeApi, name: string): Promise<boolean> {
  const { status, body } = await api.get(`/api/v1/nodes/${name}`);
  if (status !== 200) return false;
  const node = body as {
    spec: { taints?: unknown[] };
    status: { conditions?: { type: string; status: string }[] };
  };
  const isReady =
    node.status.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
  return isReady && (node.spec.taints ?? []).length === 0;
}
