import type { ObjectRef } from "../../lib/protocol/object.ts";
import { type KubeObject, refOf } from "../object.ts";
import { KindWatch } from "./kind-watch.ts";
import type { Cluster, GroupVersionKind } from "./types.ts";
import type { Gate, NeededNames, WatchStatus, WatchTiming } from "./watch-loop.ts";

/** A kind to watch: in one namespace, or (undefined) everywhere; there one object by `name`, or (undefined) all. */
export type NeededKind = GroupVersionKind & { namespace?: string; name?: string };

/** The observed state, kept current by watches; reading it costs the API server nothing. */
export interface Observer {
  /** Watches exactly these from now on, starting and stopping by difference. */
  follow(needs: Iterable<NeededKind>): void;
  /** The object as last seen. Undefined means "not there" only where `status` is `synced`. */
  find(ref: ObjectRef): KubeObject | undefined;
  /** Whether the kind can be read there at all, with the sentence that says why not. */
  status(kind: GroupVersionKind, namespace?: string): WatchStatus;
  /** Watched objects of a kind whose ownerReferences name this UID. */
  owned(kind: GroupVersionKind, namespace: string, ownerUid: string): KubeObject[];
  /** Every watched object of a kind. */
  objects(kind: GroupVersionKind): Iterable<KubeObject>;
  /** Whether each of the given watches has its first list, or a definite failure. */
  isSynced(needs: readonly NeededKind[]): boolean;
  /** Resolves when every followed watch, or each of the given ones, has its first list or a definite failure, or the time is over. */
  whenSynced(timeoutMs: number, needs?: readonly NeededKind[]): Promise<void>;
  /** Hears of every change, in order; returns the function that ends it. */
  onChange(
    listener: (ref: ObjectRef, object: KubeObject | undefined, previous: KubeObject | undefined) => void,
  ): () => void;
  /** Hears that a kind became readable, or no longer is: everywhere, or in the given namespaces alone. */
  onStatus(listener: StatusListener): () => void;
  stop(): void;
}

type StatusListener = (kind?: GroupVersionKind, namespaces?: ReadonlySet<string>) => void;

const TIMING: WatchTiming = {
  backoffMinMs: 500,
  backoffMaxMs: 30_000,
  forbiddenRetryMs: 30_000,
  absentRetryMs: 20_000,
  idleTimeoutMs: 100_000,
};
const LISTS_AT_ONCE = 4;

/** Starts with nothing to watch; `follow` says what. */
export function observe(cluster: Cluster, options: Partial<WatchTiming> = {}): Observer {
  const kinds = new Map<string, KindWatch>();
  const changed = new Set<Parameters<Observer["onChange"]>[0]>();
  const statusChanged = new Set<StatusListener>();
  const timing = { ...TIMING, ...options };
  const gate = gateOf(LISTS_AT_ONCE);
  const unsubscribe = cluster.onDiscoveryChange(() => {
    for (const watch of kinds.values()) watch.poke();
  });

  const tell: ConstructorParameters<typeof KindWatch>[0]["onChange"] = (object, previous) => {
    const subject = object ?? previous;
    if (!subject) return;
    // A CRD that came, went or became established changes what kinds there are.
    if (subject.kind === "CustomResourceDefinition") cluster.forgetDiscovery(groupOfCrd(subject));
    const ref = refOf(subject);
    for (const listener of changed) listener(ref, object, previous);
  };
  const tellStatus: StatusListener = (kind, namespaces) => {
    for (const listener of [...statusChanged]) listener(kind, namespaces);
  };
  const statusOf = (kind: GroupVersionKind, namespace?: string): WatchStatus =>
    kinds.get(keyOf(kind))?.status(namespace) ?? {
      state: "starting",
      message: `${kind.kind} is not watched.`,
    };
  const isSettled = (needs?: readonly NeededKind[]) =>
    needs
      ? needs.every((need) => statusOf(need, need.namespace).state !== "starting")
      : [...kinds.values()].every((watch) => watch.status().state !== "starting");

  return {
    follow(needs) {
      const wanted = new Map<string, { kind: GroupVersionKind; namespaces: Map<string, NeededNames> }>();
      for (const { group, version, kind, namespace = "", name } of needs) {
        const key = keyOf({ group, version, kind });
        const entry = wanted.get(key) ?? { kind: { group, version, kind }, namespaces: new Map() };
        wanted.set(key, entry);
        const names = entry.namespaces.get(namespace);
        if (name === undefined) entry.namespaces.set(namespace, null);
        else if (names) names.add(name);
        else if (names === undefined) entry.namespaces.set(namespace, new Set([name]));
      }
      for (const [key, watch] of kinds) {
        if (wanted.has(key)) continue;
        watch.stop();
        kinds.delete(key);
      }
      for (const [key, { kind, namespaces }] of wanted) {
        const watch =
          kinds.get(key) ??
          new KindWatch({
            ...{ cluster, kind, timing, gate, onChange: tell },
            onStatus: (of) => tellStatus(kind, of),
          });
        kinds.set(key, watch);
        watch.need(namespaces);
      }
    },
    find: (ref) => kinds.get(keyOf(ref))?.find(ref.namespace, ref.name),
    status: statusOf,
    owned: (kind, namespace, ownerUid) => kinds.get(keyOf(kind))?.owned(namespace, ownerUid) ?? [],
    objects: (kind) => kinds.get(keyOf(kind))?.objects() ?? [],
    isSynced: isSettled,
    whenSynced(timeoutMs, needs) {
      if (isSettled(needs)) return Promise.resolve();
      return new Promise((resolve) => {
        const done = () => {
          clearTimeout(timer);
          statusChanged.delete(check);
          resolve();
        };
        const check = () => isSettled(needs) && done();
        const timer = setTimeout(done, timeoutMs);
        statusChanged.add(check);
      });
    },
    onChange(listener) {
      changed.add(listener);
      return () => changed.delete(listener);
    },
    onStatus(listener) {
      statusChanged.add(listener);
      return () => statusChanged.delete(listener);
    },
    stop() {
      unsubscribe();
      for (const watch of kinds.values()) watch.stop();
      kinds.clear();
      tellStatus();
    },
  };
}

function keyOf({ group, version, kind }: GroupVersionKind): string {
  return `${group}/${version}/${kind}`;
}

function groupOfCrd(crd: KubeObject): string | undefined {
  const spec = crd.spec as { group?: string } | undefined;
  return spec?.group;
}

function gateOf(width: number): Gate {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= width) await new Promise<void>((resolve) => waiting.push(resolve));
    running++;
    try {
      return await work();
    } finally {
      running--;
      waiting.shift()?.();
    }
  };
}
