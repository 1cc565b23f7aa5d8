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

/** Shares an observer among environments. */
export function openWatches(observer: Observer) {
  const needs = new Map<string, NeededKind[]>();

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
    const { state, message } = observer.status(ref, ref.namespace || undefined);
    if (state === "absent")
      return {
        is: "absent",
        reason: message ?? `The cluster has no kind ${ref.kind} in ${ref.group || "core"}/${ref.version}.`,
      };
    if (state !== "synced")
      return { is: "hidden", reason: message ?? `${ref.kind} objects are still being read.` };
    const object = observer.find(ref);
    return object ? { is: "there", object, related: related(object, ref) } : { is: "absent" };
  };

  return {
    look,

    /** Watches what an environment's objects need, besides what the others need; null when it is gone. */
    follow(environment: string, refs: readonly ObjectRef[] | null): void {
      if (refs) needs.set(environment, [...kindsOf(refs)]);
      else needs.delete(environment);
      observer.follow([...needs.values()].flat());
    },

    /** Waits until every watch has seen what is there, or knows why it cannot. */
    synced: (timeoutMs: number): Promise<void> => observer.whenSynced(timeoutMs),

    /** Hears the identity of each object that changed, or null where a whole kind's readability did. */
    onChange(listener: (ref: ObjectRef | null) => void): () => void {
      const ends = [observer.onChange((ref) => listener(ref)), observer.onStatus(() => listener(null))];
      return () => {
        for (const end of ends) end();
      };
    },
  };
}

function kindsOf(refs: readonly ObjectRef[]): Iterable<NeededKind> {
  const kinds = new Map<string, NeededKind>();
  const need = (kind: NeededKind) =>
    kinds.set(`${kind.group}/${kind.version}/${kind.kind}/${kind.namespace}`, kind);
  for (const { group, version, kind, namespace } of refs) {
    need({ group, version, kind, namespace: namespace || undefined });
    if (!isWorkload({ group, kind })) continue;
    need({ ...POD, namespace });
    if (kind === "Deployment") need({ ...REPLICA_SET, namespace });
  }
  return kinds.values();
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
