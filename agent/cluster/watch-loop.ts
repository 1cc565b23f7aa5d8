import type { KubeObject } from "../object.ts";
import { ApiError } from "./api-error.ts";
import { Dropped } from "./dropped.ts";
import { ObjectStore } from "./object-store.ts";
import { pause } from "./transport.ts";
import type { Cluster, ResourceType } from "./types.ts";

/** The names that are needed in a namespace; null is all. */
export type NeededNames = Set<string> | null;

/** Whether a kind can be read, and the sentence that says why not. */
export type WatchStatus = {
  state: "synced" | "starting" | "absent" | "forbidden" | "unavailable";
  message?: string;
  /** Of a forbidden kind: its plural name, as rules of RBAC have it. */
  lacks?: string;
};

/** How patient watches are; the defaults suit a real cluster. */
export type WatchTiming = {
  backoffMinMs: number;
  backoffMaxMs: number;
  /** How often a forbidden kind is tried again, so that giving the permission back heals. */
  forbiddenRetryMs: number;
  /** How often a kind that the server lacks is looked for. */
  absentRetryMs: number;
  idleTimeoutMs: number;
};

/** Lets only so many lists run at once, which bounds memory at start and after an API server's restart. */
export type Gate = <T>(work: () => Promise<T>) => Promise<T>;

export type WatchLoopOptions = {
  cluster: Cluster;
  type: ResourceType;
  /** "" is everywhere. */
  namespace: string;
  /** Objects of other namespaces are not kept. */
  wanted: (namespace: string) => boolean;
  timing: WatchTiming;
  gate: Gate;
  onChange: (object: KubeObject | undefined, previous: KubeObject | undefined) => void;
  /** Hears of a changed status: everywhere, or in the given namespaces alone. */
  onStatus: (namespaces?: ReadonlySet<string>) => void;
  /** The server answered 404: the kind is gone, or has another address. The loop has ended. */
  onGone: () => void;
};

const PAGE = 500;
/** Failures in a row before a kind counts as unavailable: one is a restart, or a load balancer's whim. */
const TOLERATED_FAILURES = 1;
const FAILURES_BEFORE_RELIST = 4;
/** A watch that held this long ends a row of failures. */
const SETTLED_MS = 10_000;

/** Lists and then watches one resource in one scope for as long as it runs. */
export class WatchLoop {
  readonly store = new ObjectStore();
  status: WatchStatus = { state: "starting" };
  readonly #options: WatchLoopOptions;
  readonly #stop = new AbortController();
  #round = new AbortController();
  #resourceVersion = "";
  /** In a row: a list that works is no end of them, for a watch that is refused after each would spin. */
  #failures = 0;
  #openedAt: number | undefined;
  #listing = false;
  /** What was seen and not kept: wanting it later takes a list. */
  readonly #dropped = new Dropped();
  /** Wanted namespaces of which not everything is known yet. */
  readonly #uncovered = new Set<string>();

  constructor(options: WatchLoopOptions) {
    this.#options = options;
  }

  start(): void {
    void this.#run();
  }

  stop(): void {
    this.#stop.abort();
    this.#round.abort();
  }

  /** Whether what is there of one namespace is known. */
  statusOf(namespace: string): WatchStatus {
    const isKnown = this.status.state !== "synced" || !this.#uncovered.has(namespace);
    return isKnown ? this.status : { state: "starting" };
  }

  /** This is wanted from now on: lists again where something of it was not kept. */
  grow(needed: ReadonlyMap<string, NeededNames>): void {
    for (const [namespace, names] of needed)
      if (this.#dropped.take(namespace, names)) this.#uncovered.add(namespace);
    if (this.#uncovered.size === 0 || this.#listing) return;
    this.#resourceVersion = "";
    this.#round.abort();
  }

  /** These namespaces are no longer wanted: what is stored of them would grow old. */
  shrink(namespaces: ReadonlySet<string>): void {
    for (const object of [...this.store.values()])
      if (namespaces.has(object.metadata.namespace ?? "")) {
        this.store.delete(object);
        this.#dropped.add(object);
      }
    for (const namespace of namespaces)
      if (this.#uncovered.delete(namespace)) this.#dropped.addAll(namespace);
  }

  /** Tries again at once; `list`: because what is wanted has grown. */
  restart(options: { list: boolean }): void {
    if (options.list) {
      this.#resourceVersion = "";
      this.#set({ state: "starting" });
    }
    this.#round.abort();
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      this.#round = new AbortController();
      try {
        while (!this.#resourceVersion || this.#uncovered.size > 0)
          await this.#options.gate(() => this.#list(this.#round.signal));
        await this.#watch(this.#round.signal);
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        if (this.#round.signal.aborted) continue;
        const delay = this.#failed(error);
        if (delay === undefined) return;
        await pause(delay, this.#round.signal).catch(() => {});
      }
    }
  }

  /** Replaces what is stored, telling exactly what changed meanwhile, deletions included. */
  async #list(signal: AbortSignal): Promise<void> {
    const listed = new Map<string, KubeObject>();
    const covering = new Set(this.#uncovered);
    let version: string;
    this.#listing = true;
    try {
      version = await this.#read(listed, signal);
    } finally {
      this.#listing = false;
    }
    signal.throwIfAborted();
    for (const known of [...this.store.values()])
      if (!listed.has(`${known.metadata.namespace ?? ""}/${known.metadata.name}`)) this.#removed(known);
    for (const object of listed.values())
      if (this.#options.wanted(object.metadata.namespace ?? "")) this.#stored(object);
    this.#resourceVersion = version || "0";
    for (const namespace of covering) this.#uncovered.delete(namespace);
    this.#set({ state: "synced" });
    if (covering.size > 0) this.#options.onStatus(covering);
  }

  /** Reads all pages; answers the version that they are of. */
  async #read(listed: Map<string, KubeObject>, signal: AbortSignal): Promise<string> {
    const { cluster, type, namespace, wanted } = this.#options;
    let next = "";
    let limit: number | undefined = PAGE;
    let version = "";
    do {
      try {
        const page = await cluster.listPage(type, namespace || undefined, { limit, continue: next, signal });
        for (const item of page.items) {
          const of = item.metadata.namespace ?? "";
          if (wanted(of)) listed.set(`${of}/${item.metadata.name}`, item);
          else this.#dropped.add(item);
        }
        version = page.resourceVersion;
        next = page.continue;
        if (limit && page.bytes > 8_000_000) limit = Math.max(10, Math.floor(limit / 2));
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 410 || !next) throw error;
        // The pages' snapshot was compacted away: once more, in one piece.
        listed.clear();
        next = "";
        version = "";
        limit = undefined;
      }
    } while (next || (limit === undefined && !version));
    return version;
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const { cluster, type, namespace, wanted, timing } = this.#options;
    const events = cluster.watch(type, namespace || undefined, {
      resourceVersion: this.#resourceVersion,
      idleTimeoutMs: timing.idleTimeoutMs,
      // Spread, so that all watches do not end at once.
      timeoutSeconds: 300 + Math.floor(Math.random() * 300),
      signal,
    });
    let seen = 0;
    for await (const { type: change, object } of events) {
      if (seen++ === 0) {
        this.#openedAt = Date.now();
        this.#set({ state: "synced" });
      } else this.#failures = 0;
      if (change !== "BOOKMARK") {
        const of = object.metadata.namespace ?? "";
        if (!wanted(of)) this.#dropped.note(change, object);
        else if (change === "DELETED") this.#removed(object);
        else this.#stored(object);
      }
      if (typeof object.metadata?.resourceVersion === "string")
        this.#resourceVersion = object.metadata.resourceVersion;
    }
    const lastedMs = Date.now() - (this.#openedAt ?? 0);
    this.#closed();
    // A server that ends every watch at once must not be asked without a pause.
    if (lastedMs < 1000) await pause(timing.backoffMinMs * (1 + Math.random()), signal);
  }

  #closed(): void {
    if (this.#openedAt !== undefined && Date.now() - this.#openedAt > SETTLED_MS) this.#failures = 0;
    this.#openedAt = undefined;
  }

  #stored(object: KubeObject): void {
    const known = this.store.find(object.metadata.namespace ?? "", object.metadata.name);
    if (
      known &&
      known.metadata.resourceVersion === object.metadata.resourceVersion &&
      known.metadata.uid === object.metadata.uid
    )
      return;
    const previous = this.store.set(object);
    this.#options.onChange(object, previous);
  }

  #removed(object: KubeObject): void {
    const previous = this.store.delete(object);
    if (previous) this.#options.onChange(undefined, previous);
  }

  /** How long to wait before the next attempt; undefined ends the loop. */
  #failed(error: unknown): number | undefined {
    const { type, namespace, timing } = this.#options;
    const status = error instanceof ApiError ? error.status : 0;
    this.#closed();
    this.#failures++;
    if (status === 404) {
      this.#stop.abort();
      this.#options.onGone();
      return undefined;
    }
    if (status === 403) {
      this.#resourceVersion = "";
      this.store.clear();
      this.#set({
        state: "forbidden",
        message: `The agent lacks the permission to list and watch ${describe(type, namespace)}.`,
        lacks: type.plural,
      });
      return spread(timing.forbiddenRetryMs);
    }
    if (status === 410 || this.#failures >= FAILURES_BEFORE_RELIST) this.#resourceVersion = "";
    if (status === 410 && this.#failures <= TOLERATED_FAILURES) return 0;
    if (this.#failures > TOLERATED_FAILURES)
      this.#set({
        state: "unavailable",
        message: `The API server does not give ${describe(type, namespace)}: ${error instanceof Error ? error.message : "unknown failure"}.`,
      });
    const wish = error instanceof ApiError ? error.retryAfterMs : undefined;
    return wish ?? backoff(this.#failures, timing);
  }

  #set(status: WatchStatus): void {
    if (status.state === this.status.state && status.message === this.status.message) return;
    this.status = status;
    this.#options.onStatus();
  }
}

/** `deployments.apps in namespace shop`, as RBAC names them. */
function describe(type: ResourceType, namespace: string): string {
  const resource = type.group ? `${type.plural}.${type.group}` : type.plural;
  if (!type.namespaced) return resource;
  return namespace ? `${resource} in namespace ${namespace}` : `${resource} in all namespaces`;
}

/** Exponential, with jitter, so that a thousand agents do not come back in step. */
export function backoff(failures: number, timing: WatchTiming): number {
  return spread(Math.min(timing.backoffMaxMs, timing.backoffMinMs * 2 ** Math.min(failures - 1, 16)));
}

export function spread(ms: number): number {
  return ms * (0.5 + Math.random() / 2);
}
