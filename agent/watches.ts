import { type ObjectRef, objectKey } from "../lib/protocol/object.ts";
import type { NeededKind, Observer } from "./cluster/index.ts";
import type { Related } from "./health/index.ts";
import type { KubeObject } from "./object.ts";
import type { Look } from "./sight.ts";

const POD = { group: "", version: "v1", kind: "Pod" };
const REPLICA_SET = { group: "apps", version: "v1", kind: "ReplicaSet" };
/** Kinds whose health their Pods (and ReplicaSets) explain. */
const makesPods = new Set([
  "apps/Deployment",
  "apps/StatefulSet",
  "apps/DaemonSet",
  "apps/ReplicaSet",
  "batch/Job",
  "/ReplicationController",
]);

/** Whether an object's health is told by Pods that it makes. */
export const isWorkload = ({ group, kind }: Pick<ObjectRef, "group" | "kind">): boolean =>
  makesPods.has(`${group}/${kind}`);

/** Whether an object is one that a workload makes. */
export const isMade = ({ group, kind }: Pick<ObjectRef, "group" | "kind">): boolean =>
  (group === "" && kind === "Pod") || (group === "apps" && kind === "ReplicaSet");

/** One set of watches for all environments of the cluster: each says what it needs, the union is followed. */
export type Watches = ReturnType<typeof openWatches>;

/** Environments begin in droves: so long are their new needs gathered before the watches are changed. */
const GATHER_MS = 20;
/** And so long where the watches have just been changed; longer where that took a list of everything. */
const CHANGES_APART_MS = 100;
const LISTS_APART_MS = 500;
/** How many times as long as a change takes it is until the next. */
const SHARE = 20;

/** What one environment needs, and what in the cluster touches it. */
type Followed = { kinds: Map<string, NeededKind>; keys: string[]; makers: string[] };

/** Shares an observer among environments. */
export function openWatches(observer: Observer) {
  const followed = new Map<string, Followed>();
  /** How many environments need a kind in a namespace, or one object of it there. */
  const needs = new Map<string, { need: NeededKind; users: number }>();
  /** The environments of an object, and those with workloads in a namespace. */
  const byKey = openIndex();
  const byNamespace = openIndex();
  /** Environments whose needs are not watched yet. */
  const waiting = new Set<string>();
  let gathering: Promise<void> | null = null;
  let soonest = Number.NEGATIVE_INFINITY;
  const needsOf = (environment: string) => [...(followed.get(environment)?.kinds.values() ?? [])];

  function change({ kinds, keys, makers }: Followed, environment: string, by: 1 | -1): boolean {
    let isOther = false;
    for (const [key, need] of kinds) {
      const entry = needs.get(key) ?? { need, users: 0 };
      entry.users += by;
      if (entry.users > 0) needs.set(key, entry);
      else needs.delete(key);
      isOther ||= entry.users === (by === 1 ? 1 : 0);
    }
    const index = by === 1 ? "add" : "delete";
    for (const key of keys) byKey[index](key, environment);
    for (const namespace of makers) byNamespace[index](namespace, environment);
    return isOther;
  }

  function gather(): void {
    gathering ??= new Promise((resolve) => {
      setTimeout(
        () => {
          gathering = null;
          const began = performance.now();
          observer.follow([...needs.values()].map(({ need }) => need));
          const now = performance.now();
          const isKnown = [...waiting].every((environment) => observer.isSynced(needsOf(environment)));
          soonest = now + Math.max(isKnown ? CHANGES_APART_MS : LISTS_APART_MS, SHARE * (now - began));
          waiting.clear();
          resolve();
        },
        Math.max(GATHER_MS, soonest - performance.now()),
      );
    });
  }

  /** The environments that a change in the cluster may be something to. */
  function* touchedBy(ref: ObjectRef): Generator<string> {
    yield* byKey.of(objectKey(ref));
    if (isMade(ref)) yield* byNamespace.of(ref.namespace);
  }

  function* touchedByStatus(
    kind: Pick<NeededKind, "group" | "kind"> | undefined,
    namespaces: ReadonlySet<string> | undefined,
  ): Generator<string> {
    for (const [environment, { kinds }] of followed)
      for (const need of kinds.values()) {
        if (kind && (need.kind !== kind.kind || need.group !== kind.group)) continue;
        if (namespaces && !namespaces.has(need.namespace ?? "")) continue;
        yield environment;
        break;
      }
  }

  function related(object: KubeObject, ref: ObjectRef): Related {
    const uid = object.metadata.uid;
    if (typeof uid !== "string" || !isWorkload(ref)) return {};
    const replicaSets = ref.kind === "Deployment" ? observer.owned(REPLICA_SET, ref.namespace, uid) : [];
    const makers = [uid, ...replicaSets.map((set) => set.metadata.uid)].filter(
      (one) => typeof one === "string",
    );
    return { replicaSets, pods: makers.flatMap((maker) => observer.owned(POD, ref.namespace, maker)) };
  }

  const look: Look = (ref) => {
    const { state, message, lacks } = observer.status(ref, ref.namespace || undefined);
    if (state === "absent")
      return {
        is: "absent",
        reason: message ?? `The cluster has no kind ${ref.kind} in ${ref.group || "core"}/${ref.version}.`,
      };
    if (state !== "synced")
      return {
        is: "hidden",
        reason: message ?? `${ref.kind} objects are still being read.`,
        ...(lacks && { lacks }),
      };
    const object = observer.find(ref);
    return object ? { is: "there", object, related: related(object, ref) } : { is: "absent" };
  };

  return {
    look,

    /** Watches what an environment's objects need, besides what the others need; null when it is gone. */
    follow(environment: string, refs: readonly ObjectRef[] | null): void {
      const before = followed.get(environment);
      const now = refs && followedOf(refs);
      // What both need stays needed in between.
      const isMore = now ? change(now, environment, 1) : false;
      const isLess = before ? change(before, environment, -1) : false;
      if (now) {
        for (const key of now.keys) byKey.add(key, environment);
        for (const namespace of now.makers) byNamespace.add(namespace, environment);
        followed.set(environment, now);
      } else followed.delete(environment);
      if (isMore) waiting.add(environment);
      if (isMore || isLess) gather();
    },

    /** Whether all that an environment needs was seen, or cannot be. */
    isSynced: (environment: string): boolean =>
      !waiting.has(environment) && observer.isSynced(needsOf(environment)),

    /** Waits until all that an environment needs was seen, or cannot be. */
    async synced(environment: string, timeoutMs: number): Promise<void> {
      await gathering;
      await observer.whenSynced(timeoutMs, needsOf(environment));
    },

    /**
     * Hears the identity of each object that changed, or null where a whole kind's readability did, and which
     * environments that may be something to.
     */
    onChange(listener: (ref: ObjectRef | null, environments: Iterable<string>) => void): () => void {
      const ends = [
        observer.onChange((ref) => listener(ref, touchedBy(ref))),
        observer.onStatus((kind, namespaces) => listener(null, touchedByStatus(kind, namespaces))),
      ];
      return () => {
        for (const end of ends) end();
      };
    },
  };
}

/** Environments by what touches them; nearly always one each. */
function openIndex() {
  const known = new Map<string, string[]>();
  return {
    of: (key: string): readonly string[] => known.get(key) ?? [],
    add(key: string, environment: string): void {
      const names = known.get(key) ?? [];
      if (!names.includes(environment)) known.set(key, [...names, environment]);
    },
    delete(key: string, environment: string): void {
      const names = known.get(key)?.filter((name) => name !== environment) ?? [];
      if (names.length > 0) known.set(key, names);
      else known.delete(key);
    },
  };
}

function followedOf(refs: readonly ObjectRef[]): Followed {
  const makers = new Set(refs.filter(isWorkload).map(({ namespace }) => namespace));
  return {
    kinds: kindsOf(refs),
    keys: [...new Set(refs.map(objectKey))],
    makers: [...makers],
  };
}

function kindsOf(refs: readonly ObjectRef[]): Map<string, NeededKind> {
  const kinds = new Map<string, NeededKind>();
  const need = (kind: NeededKind) =>
    kinds.set(`${kind.group}/${kind.version}/${kind.kind}/${kind.namespace}/${kind.name}`, kind);
  for (const { group, version, kind, namespace, name } of refs) {
    need({ group, version, kind, namespace: namespace || undefined, name });
    if (!isWorkload({ group, kind })) continue;
    need({ ...POD, namespace });
    if (kind === "Deployment") need({ ...REPLICA_SET, namespace });
  }
  return kinds;
}

/** What a change of `changed` can alter of the given objects: itself, or the workloads that may have made it. */
export function impactOn(refs: readonly ObjectRef[]): (changed: ObjectRef) => string[] {
  const keys = new Set(refs.map(objectKey));
  const workloads = new Map<string, string[]>();
  for (const ref of refs) {
    if (!isWorkload(ref)) continue;
    workloads.set(ref.namespace, [...(workloads.get(ref.namespace) ?? []), objectKey(ref)]);
  }
  return (changed) => {
    const key = objectKey(changed);
    const made = isMade(changed) ? (workloads.get(changed.namespace) ?? []) : [];
    return keys.has(key) ? [key, ...made] : made;
  };
}
