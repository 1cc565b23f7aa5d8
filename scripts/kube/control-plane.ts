import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { request } from "undici";
import { releasePort } from "../processes/ports.ts";
import { connect, type KubeApi, waitUntil } from "./api.ts";
import type { KubeBinaries, KubeProgram } from "./binaries.ts";
import { type Child, startChild } from "./child.ts";
import { ensureCredentials, readAuthority, writeKubeconfig } from "./credentials.ts";
import {
  apiserverFlags,
  controllerManagerFlags,
  etcdFlags,
  kwokFlags,
  type Layout,
  schedulerFlags,
} from "./flags.ts";
import { recordPids } from "./leftovers.ts";

/** Polls until a condition holds; throws when a program has died, or the deadline has passed. */
export type Until = (what: string, check: () => Promise<boolean>) => Promise<void>;

/** What a started control plane answers to. */
export interface Access {
  api: KubeApi;
  server: string;
  adminToken: string;
  caData: string;
}

const startDeadlineMs = 180_000;
const controllers = ["kwok", "kube-scheduler", "kube-controller-manager"] as const;

/** The programs of one cluster, in the order they depend on each other. */
export class ControlPlane {
  readonly #name: string;
  readonly #binaries: KubeBinaries;
  readonly #layout: Layout;
  readonly #flags: { kubeApiQps: number; apiserver: readonly string[] };
  readonly #children = new Map<KubeProgram, Child>();
  #api: KubeApi | undefined;

  constructor(
    name: string,
    binaries: KubeBinaries,
    layout: Layout,
    flags: { kubeApiQps: number; apiserver: readonly string[] },
  ) {
    this.#name = name;
    this.#binaries = binaries;
    this.#layout = layout;
    this.#flags = flags;
  }

  /** Starts every program, and answers once kube-apiserver is ready. */
  async start(): Promise<Access> {
    const layout = this.#layout;
    const tokens = ensureCredentials(layout.tokensPath, layout.serviceAccountKeyPath);
    const server = `https://127.0.0.1:${layout.ports.apiserver}`;
    await this.#startProgram("etcd", etcdFlags(layout));
    await this.until("etcd is healthy", () => isEtcdHealthy(layout.ports.etcd));

    const chainPath = join(layout.certFolder, "apiserver.crt");
    const hasSigned = async () => existsSync(chainPath) && readAuthority(chainPath) !== "";
    await this.#startProgram("kube-apiserver", apiserverFlags(layout, this.#flags.apiserver));
    await this.until("kube-apiserver has signed its certificate", hasSigned);
    const caData = readAuthority(chainPath);
    writeFileSync(layout.caPath, caData);
    writeKubeconfig(layout.kubeconfigPath, this.#name, server, caData, tokens.controlPlane);
    const api = connect(server, caData, tokens.admin);
    this.#api = api;
    await this.#untilReady(api);
    await this.#startControllers(api);
    return { api, server, adminToken: tokens.admin, caData };
  }

  /** Process ids by program. */
  pids(): Record<string, number> {
    return Object.fromEntries([...this.#children].map(([program, child]) => [program, child.pid]));
  }

  /** Polls until `check` holds, as long as every program runs. */
  until(what: string, check: () => Promise<boolean>): Promise<void> {
    const assertRunning = () => {
      for (const child of this.#children.values()) child.assertRunning();
    };
    return waitUntil(`cluster ${this.#name}: ${what}`, startDeadlineMs, assertRunning, check);
  }

  /** Ends kube-apiserver with SIGKILL. */
  async killApiserver(): Promise<void> {
    await this.#stopProgram("kube-apiserver", 0);
  }

  /** Starts a killed kube-apiserver again, and its controllers anew. */
  async restartApiserver(): Promise<void> {
    if (this.#children.has("kube-apiserver") || !this.#api) return;
    // The controllers would find the API again only after up to half a minute of back-off.
    for (const program of controllers) await this.#stopProgram(program, 0);
    await this.#startProgram("kube-apiserver", apiserverFlags(this.#layout, this.#flags.apiserver));
    await this.#untilReady(this.#api);
    await this.#startControllers(this.#api);
  }

  /** Ends every program: clients before servers, so that none fills its log with failed calls. */
  async stop(): Promise<void> {
    await this.#api?.close();
    for (const program of controllers) await this.#stopProgram(program, 0);
    await this.#stopProgram("kube-apiserver", 3_000);
    await this.#stopProgram("etcd", 5_000);
    recordPids(this.#layout.folder, []);
    for (const port of Object.values(this.#layout.ports)) releasePort(port);
  }

  async #startControllers(api: KubeApi): Promise<void> {
    const { kubeApiQps } = this.#flags;
    await this.#startProgram("kube-controller-manager", controllerManagerFlags(this.#layout, kubeApiQps));
    await this.#startProgram("kube-scheduler", schedulerFlags(this.#layout, kubeApiQps));
    // A former KWOK's leases would keep this one from its nodes until they expire.
    await api.delete("/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases");
    await this.#startProgram("kwok", kwokFlags(this.#layout));
  }

  #untilReady(api: KubeApi): Promise<void> {
    return this.until("kube-apiserver is ready", async () => (await api.get("/readyz")).status === 200);
  }

  async #startProgram(program: KubeProgram, flags: string[]): Promise<void> {
    const child = await startChild(this.#binaries[program], flags, this.#layout.folder);
    this.#children.set(program, child);
    recordPids(this.#layout.folder, [...this.#children.values()]);
  }

  async #stopProgram(program: KubeProgram, graceMs: number): Promise<void> {
    const child = this.#children.get(program);
    this.#children.delete(program);
    await child?.stop(graceMs);
  }
}

async function isEtcdHealthy(port: number): Promise<boolean> {
  const response = await request(`http://127.0.0.1:${port}/health`);
  const body = (await response.body.json()) as { health?: string };
  return body.health === "true";
}
