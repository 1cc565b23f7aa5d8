import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bootstrap } from "./bootstrap.ts";
import { runControllers } from "./controllers/run.ts";
import { Conversion } from "./conversion.ts";
import { serveCustomResources } from "./custom-resources.ts";
import { Tokens } from "./identity.ts";
import type { JsonMap } from "./json.ts";
import { writeKubeconfig } from "./kubeconfig.ts";
import { OpenApi } from "./openapi.ts";
import { keepSnapshots, readSecrets, readSnapshot } from "./persistence.ts";
import { loadRecorded } from "./recorded.ts";
import { ResourceRegistry } from "./resources.ts";
import { handle } from "./server.ts";
import { Store } from "./store.ts";
import { Writes } from "./writes.ts";

/** How a simulated cluster is started. */
export interface FakeKubernetesOptions {
  /** Names the cluster in its kubeconfig. */
  name: string;
  /** Default: any free port of 127.0.0.1. */
  port?: number;
  /** Keeps objects and credentials over a restart. Default: nothing is kept. */
  dataDir?: string;
  /** Default: in dataDir, or in a temporary folder. */
  kubeconfigPath?: string;
  /** How long a pod takes from scheduled to ready. Default 300. */
  podReadyMs?: number;
  /** In place of a Deployment's own progressDeadlineSeconds. Default: as the Deployment says. */
  progressDeadlineMs?: number;
  /** How many changes a watch may go back. Default 5000. */
  watchLogLimit?: number;
  /** How often watches that asked for bookmarks get one. Default 60000. */
  bookmarkMs?: number;
  log?: (line: string) => void;
}

/** A running simulated cluster. */
export interface FakeKubernetes {
  readonly url: string;
  /** May do everything. */
  readonly kubeconfigPath: string;
  readonly token: string;
  /** What clients trust the server by, PEM. */
  readonly caData: string;
  /** Forgets the changes so far: watches that resume from before get 410 Gone. */
  compact(): void;
  /** Ends every connection and writes what is to be kept. */
  stop(): Promise<void>;
}

/** Starts a small Kubernetes API server of our own, with the controllers that make workloads ready. */
export async function startFakeKubernetes(options: FakeKubernetesOptions): Promise<FakeKubernetes> {
  const { dataDir, name, log = () => {} } = options;
  const secrets = readSecrets(dataDir);
  const recorded = loadRecorded();
  const conversion = new Conversion(recorded);
  const registry = new ResourceRegistry(recorded.groups, (kind) => conversion.lookup.ofKind(kind));
  const snapshot = dataDir ? readSnapshot(dataDir) : undefined;
  const store = new Store({ logLimit: options.watchLogLimit ?? 5_000, snapshot });
  const writes = new Writes(store, registry, conversion);
  const snapshots = dataDir ? keepSnapshots(store, dataDir, 200) : undefined;
  const stopServing = serveCustomResources(writes);
  bootstrap(writes);
  const stopControllers = runControllers(writes, {
    podReadyMs: options.podReadyMs ?? 300,
    progressDeadlineMs: options.progressDeadlineMs,
    caData: secrets.certificate,
    log,
  });
  const parts = {
    writes,
    openapi: new OpenApi(recorded, registry),
    tokens: new Tokens(secrets.adminToken, secrets.signingKey),
    versionInfo: versionInfo(recorded.version),
    watchTimes: { bookmarkMs: options.bookmarkMs ?? 60_000, defaultTimeoutMs: 45 * 60_000 },
    log,
  };
  const server = createServer({ cert: secrets.certificate, key: secrets.privateKey }, (request, response) => {
    void handle(parts, request, response);
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const folder = dataDir ?? mkdtempSync(join(tmpdir(), "plumbline-kubernetes-"));
  const kubeconfigPath = options.kubeconfigPath ?? join(folder, "kubeconfig");
  writeKubeconfig(kubeconfigPath, name, url, secrets.adminToken, secrets.certificate);
  log(`simulated Kubernetes ${name} serves ${url}`);
  return {
    url,
    kubeconfigPath,
    token: secrets.adminToken,
    caData: secrets.certificate,
    compact: () => store.compact(),
    async stop() {
      stopControllers();
      stopServing();
      snapshots?.stop();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      if (!dataDir) rmSync(folder, { recursive: true, force: true });
    },
  };
}

function versionInfo(version: string): JsonMap {
  const [major = "", minor = ""] = version.slice(1).split(".");
  return {
    major,
    minor,
    gitVersion: `${version}-simulated`,
    gitCommit: "",
    gitTreeState: "",
    buildDate: "",
    goVersion: "",
    compiler: "simulated",
    platform: `${process.platform}/${process.arch}`,
  };
}
