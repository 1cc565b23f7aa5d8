import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { request } from "undici";
import type { Log } from "../engines/cache-folder.ts";
import { connect, type KubeApi, waitUntil } from "./api.ts";
import { ensureKubeBinaries, type KubeBinaries } from "./binaries.ts";
import { type Child, startChild } from "./child.ts";
import { ensureCredentials, readAuthority, writeKubeconfig } from "./credentials.ts";
import {
  apiserverFlags,
  controllerManagerFlags,
  etcdFlags,
  kwokFlags,
  type Layout,
  type Ports,
  schedulerFlags,
} from "./flags.ts";
import { endLeftovers, recordPids } from "./leftovers.ts";
import { freePort, releasePort } from "./ports.ts";

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
  /** Process ids by program; changes when the apiserver is restarted. */
  readonly pids: Readonly<Record<string, number>>;
  /** Ends kube-apiserver with SIGKILL and leaves the rest running. */
  killApiserver(): Promise<void>;
  /** Starts kube-apiserver again on its port, and waits until it is ready. */
  startApiserver(): Promise<void>;
  /** Ends every process and keeps the data. */
  stop(): Promise<void>;
}

const startDeadlineMs = 60_000;

/** Starts a real control plane on loopback and answers once a pod could be scheduled. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { name = "plumbline", nodes = 1, kubeApiQps = 100, log } = options;
  const binaries = options.binaries ?? (await ensureKubeBinaries(log));
  const layout = await prepareFolder(resolve(options.dir));
  const tokens = ensureCredentials(layout.tokensPath, layout.serviceAccountKeyPath);
  const server = `https://127.0.0.1:${layout.ports.apiserver}`;
  const kubeconfigPath = join(layout.folder, "kubeconfig");
  const children = new Map<string, Child>();
  let api: KubeApi | undefined;

  const start = async (program: keyof KubeBinaries, flags: string[]) => {
    children.set(program, await startChild(binaries[program], flags, layout.folder));
    recordPids(layout.folder, [...children.values()]);
  };
  const assertAlive = () => {
    for (const child of children.values()) child.assertRunning();
  };
  const until = (what: string, check: () => Promise<boolean>) =>
    waitUntil(`cluster ${name}: ${what}`, startDeadlineMs, assertAlive, check);

  const startApiserver = async () => {
    if (children.has("kube-apiserver")) return;
    const chainPath = join(layout.certFolder, "apiserver.crt");
    await start("kube-apiserver", apiserverFlags(layout, options.apiserverFlags ?? []));
    await until(
      "kube-apiserver signs its certificate",
      async () => existsSync(chainPath) && readAuthority(chainPath) !== "",
    );
    const caData = readAuthority(chainPath);
    writeFileSync(layout.caPath, caData);
    api ??= connect(server, caData, tokens.admin);
    await until("kube-apiserver is ready", async () => (await api!.get("/readyz")).status === 200);
  };
  const killApiserver = async () => {
    await children.get("kube-apiserver")?.stop(0);
    children.delete("kube-apiserver");
  };
  const stop = async () => {
    await api?.close();
    const etcd = children.get("etcd");
    children.delete("etcd");
    // Clients before servers: none of them then fills its log with failed calls.
    for (const program of ["kwok", "kube-scheduler", "kube-controller-manager"])
      await children.get(program)?.stop(0);
    await children.get("kube-apiserver")?.stop(3_000);
    await etcd?.stop(5_000);
    children.clear();
    recordPids(layout.folder, []);
    for (const port of Object.values(layout.ports)) releasePort(port);
  };

  try {
    await start("etcd", etcdFlags(layout));
    await until("etcd is healthy", () => isEtcdHealthy(layout.ports.etcd));
    await startApiserver();
    const caData = readFileSync(layout.caPath, "utf8");
    writeKubeconfig(kubeconfigPath, name, server, caData, tokens.admin);
    writeKubeconfig(layout.kubeconfigPath, name, server, caData, tokens.controlPlane);
    await start("kube-controller-manager", controllerManagerFlags(layout, kubeApiQps));
    await start("kube-scheduler", schedulerFlags(layout, kubeApiQps));
    // A former KWOK's leases would keep this one from its nodes until they expire.
    await api!.delete("/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases");
    await start("kwok", kwokFlags(layout));
    await createMissing(api!, "/apis/storage.k8s.io/v1/storageclasses", storageClass);
    for (let index = 0; index < nodes; index++)
      await createMissing(api!, "/api/v1/nodes", node(nodeName(index)));
    await until("the default service account exists", () =>
      exists(api!, "/api/v1/namespaces/default/serviceaccounts/default"),
    );
    for (let index = 0; index < nodes; index++) {
      await until(`node ${nodeName(index)} is ready`, () => isSchedulable(api!, nodeName(index)));
    }
    return {
      name,
      kubeconfigPath,
      server,
      adminToken: tokens.admin,
      caData,
      get pids() {
        return Object.fromEntries([...children].map(([program, child]) => [program, child.pid]));
      },
      killApiserver,
      startApiserver,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
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

async function isEtcdHealthy(port: number): Promise<boolean> {
  const response = await request(`http://127.0.0.1:${port}/health`);
  const body = (await response.body.json()) as { health?: string };
  return body.health === "true";
}

const nodeName = (index: number) => `node-${index + 1}`;

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

async function exists(api: KubeApi, path: string): Promise<boolean> {
  return (await api.get(path)).status === 200;
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
