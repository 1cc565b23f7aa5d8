import type { KubeObject } from "../object.ts";
import { ApiError } from "./api-error.ts";
import { pause } from "./transport.ts";
import type { Cluster, GroupVersionKind, ResourceType } from "./types.ts";
import {
  backoff,
  type Gate,
  type NeededNames,
  spread,
  WatchLoop,
  type WatchStatus,
  type WatchTiming,
} from "./watch-loop.ts";

/** Namespaces of one kind that are watched one by one; with more, each a connection, one watch of all is cheaper. */
const MOST_NAMESPACE_WATCHES = 4;

export type KindWatchOptions = {
  cluster: Cluster;
  kind: GroupVersionKind;
  timing: WatchTiming;
  gate: Gate;
  onChange: (object: KubeObject | undefined, previous: KubeObject | undefined) => void;
  /** Hears of a changed status: everywhere, or in the given namespaces alone. */
  onStatus: (namespaces?: ReadonlySet<string>) => void;
};

/**
 * Watches one kind where it is needed: finds its resource (and keeps looking while there is none), then runs
 * a loop per namespace, or one for all of them where that is cheaper and permitted.
 */
export class KindWatch {
  readonly #options: KindWatchOptions;
  readonly #loops = new Map<string, WatchLoop>();
  readonly #stop = new AbortController();
  #wake = new AbortController();
  #namespaces = new Set<string>();
  #needed: ReadonlyMap<string, NeededNames> = new Map();
  #everywhere = false;
  #allForbidden = false;
  #type: ResourceType | undefined;
  #resolving: WatchStatus = { state: "starting" };

  constructor(options: KindWatchOptions) {
    this.#options = options;
  }

  /** Says where the kind is needed from now on, and which objects there; "" among the namespaces is everywhere. */
  need(needed: ReadonlyMap<string, NeededNames>): void {
    const fresh = !this.#type && this.#namespaces.size === 0 && !this.#everywhere;
    const everywhere = needed.has("");
    const next = new Set([...needed.keys()].filter((namespace) => namespace !== ""));
    this.#needed = needed;
    const wasEverywhere = this.#everywhere;
    const before = this.#namespaces;
    this.#everywhere = everywhere;
    this.#namespaces = next;
    if (fresh) void this.#resolve();
    else if (this.#type) this.#plan(everywhere && !wasEverywhere);
    const all = this.#loops.get("");
    if (!all || everywhere || wasEverywhere || !this.#type?.namespaced) return;
    const lost = new Set([...before].filter((namespace) => !next.has(namespace)));
    if (lost.size > 0) all.shrink(lost);
    all.grow(this.#needed);
  }

  /** Discovery has changed: looks again now for a kind that the server lacked, and whether this one is still there. */
  poke(): void {
    if (this.#type) void this.#recheck();
    else this.#wake.abort();
  }

  find(namespace: string, name: string): KubeObject | undefined {
    return this.#loopFor(namespace)?.store.find(namespace, name);
  }

  owned(namespace: string, ownerUid: string): KubeObject[] {
    return this.#loopFor(namespace)?.store.owned(namespace, ownerUid) ?? [];
  }

  *objects(): Generator<KubeObject> {
    for (const loop of this.#loops.values()) yield* loop.store.values();
  }

  /** Of one namespace, or the worst of all that are watched. */
  status(namespace?: string): WatchStatus {
    if (!this.#type) return this.#resolving;
    if (namespace !== undefined)
      return this.#loopFor(namespace)?.statusOf(namespace) ?? { state: "starting" };
    const order = ["forbidden", "unavailable", "starting", "absent", "synced"] as const;
    const all = [...this.#loops.values()].map((loop) => loop.status);
    return (
      order.map((state) => all.find((status) => status.state === state)).find(Boolean) ?? {
        state: "starting",
      }
    );
  }

  stop(): void {
    this.#stop.abort();
    this.#wake.abort();
    for (const loop of this.#loops.values()) loop.stop();
  }

  #loopFor(namespace: string): WatchLoop | undefined {
    return this.#loops.get("") ?? this.#loops.get(namespace);
  }

  async #resolve(): Promise<void> {
    const { cluster, kind, timing } = this.#options;
    for (let failures = 0; !this.#stop.signal.aborted; ) {
      this.#wake = new AbortController();
      let delay: number;
      try {
        const type = await cluster.resourceFor(kind);
        if (this.#stop.signal.aborted) return;
        if (type && ["list", "watch"].every((verb) => type.verbs.includes(verb))) {
          this.#type = type;
          this.#plan(false);
          return;
        }
        failures = 0;
        this.#set(
          type
            ? {
                state: "unavailable",
                message: `${kind.kind} can be created, but the API server does not let anyone list or watch it.`,
              }
            : {
                state: "absent",
                message: `The API server has no ${kind.kind} in ${kind.group ? `${kind.group}/` : ""}${kind.version}; it is looked for again.`,
              },
        );
        delay = spread(timing.absentRetryMs);
      } catch (error) {
        failures++;
        if (failures > 1 || (error instanceof ApiError && error.status === 403))
          this.#set({
            state: error instanceof ApiError && error.status === 403 ? "forbidden" : "unavailable",
            message: `The API server does not say which resource serves ${kind.kind}: ${error instanceof Error ? error.message : "unknown failure"}.`,
          });
        delay = backoff(failures, timing);
      }
      await pause(delay, this.#wake.signal).catch(() => {});
    }
  }

  async #recheck(): Promise<void> {
    const type = await this.#options.cluster.resourceFor(this.#options.kind).catch(() => this.#type);
    if (!type) this.#gone();
  }

  #plan(grown: boolean): void {
    if (!this.#type) return;
    const all =
      !this.#type.namespaced ||
      this.#everywhere ||
      (!this.#allForbidden && (this.#namespaces.size > MOST_NAMESPACE_WATCHES || this.#loops.has("")));
    const scopes = all ? new Set([""]) : this.#namespaces;
    const retired = [...this.#loops].filter(([scope]) => !scopes.has(scope));
    for (const [scope, loop] of retired) {
      loop.stop();
      this.#loops.delete(scope);
    }
    const known = this.#loops.get("");
    if (known && grown && this.#type.namespaced) known.restart({ list: true });
    const missing = [...scopes].filter((scope) => !this.#loops.has(scope));
    for (const scope of missing) {
      const loop = this.#loop(this.#type, scope);
      // What was known stays known, so that the first list tells only what is new.
      if (scope === "")
        for (const [, old] of retired) for (const object of old.store.values()) loop.store.set(object);
      this.#loops.set(scope, loop);
      loop.start();
    }
    if (missing.length > 0 || retired.length > 0) this.#options.onStatus();
  }

  #loop(type: ResourceType, scope: string): WatchLoop {
    const loop: WatchLoop = new WatchLoop({
      ...this.#options,
      type,
      namespace: scope,
      wanted: (namespace) =>
        !type.namespaced || scope !== "" || this.#everywhere || this.#namespaces.has(namespace),
      onChange: this.#options.onChange,
      onStatus: (namespaces) => {
        if (scope === "" && type.namespaced && !this.#everywhere && loop.status.state === "forbidden") {
          this.#allForbidden = true;
          this.#plan(false);
        } else this.#options.onStatus(namespaces);
      },
      onGone: () => this.#gone(),
    });
    return loop;
  }

  /** The resource is no longer where it was: a CRD was deleted, or serves another version now. */
  #gone(): void {
    if (this.#stop.signal.aborted || !this.#type) return;
    const lost = [...this.objects()];
    for (const loop of this.#loops.values()) loop.stop();
    this.#loops.clear();
    this.#type = undefined;
    this.#resolving = { state: "starting" };
    for (const object of lost) this.#options.onChange(undefined, object);
    this.#options.cluster.forgetDiscovery(this.#options.kind.group);
    void this.#resolve();
  }

  #set(status: WatchStatus): void {
    if (status.state === this.#resolving.state && status.message === this.#resolving.message) return;
    this.#resolving = status;
    this.#options.onStatus();
  }
}
