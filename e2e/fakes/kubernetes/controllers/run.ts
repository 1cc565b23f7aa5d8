import { isMap, type KubeObject, listAt, textAt } from "../json.ts";
import type { StoreEvent } from "../store.ts";
import type { Writes } from "../writes.ts";
import { reconcileDaemonSet } from "./daemon-set.ts";
import { reconcileDeployment } from "./deployment.ts";
import { reconcileDisruptionBudget } from "./disruption-budget.ts";
import { collectGarbage, finishDelete, isOrphaned } from "./garbage.ts";
import { reconcileJob } from "./job.ts";
import { reconcileNamespace } from "./namespace.ts";
import { ControllerObjects, namespaceOf } from "./objects.ts";
import { reconcilePod } from "./pod.ts";
import { reconcileReplicaSet } from "./replica-set.ts";
import { reconcileStatefulSet } from "./stateful-set.ts";
import { reconcileClaim } from "./storage.ts";
import { WorkQueue } from "./work-queue.ts";

/** How the simulated controllers behave. */
export interface ControllerOptions {
  podReadyMs: number;
  progressDeadlineMs: number | undefined;
  caData: string;
  log: (line: string) => void;
}

type Reconcile = (object: KubeObject) => number | undefined;

/** Which resource holds a kind that owns others. */
const OWNERS: Record<string, string> = {
  Deployment: "apps/deployments",
  ReplicaSet: "apps/replicasets",
  StatefulSet: "apps/statefulsets",
  DaemonSet: "apps/daemonsets",
  Job: "batch/jobs",
};

/** Starts every controller; the returned function stops them. */
export function runControllers(writes: Writes, options: ControllerOptions): () => void {
  const { store } = writes;
  const objects = new ControllerObjects(writes, "kube-controller-manager");
  const kubelet = new ControllerObjects(writes, "kubelet");
  const reconcilers = new Map<string, Reconcile>([
    ["apps/deployments", (d) => reconcileDeployment(objects, d, options.progressDeadlineMs)],
    ["apps/replicasets", (set) => reconcileReplicaSet(objects, set)],
    ["apps/statefulsets", (set) => reconcileStatefulSet(objects, set)],
    ["apps/daemonsets", (set) => reconcileDaemonSet(objects, set)],
    ["batch/jobs", (job) => reconcileJob(objects, job)],
    ["policy/poddisruptionbudgets", (budget) => reconcileDisruptionBudget(objects, budget)],
    ["/pods", (pod) => reconcilePod(kubelet, pod, options.podReadyMs)],
    ["/namespaces", (namespace) => reconcileNamespace(objects, namespace, options.caData)],
    ["/persistentvolumeclaims", (claim) => reconcileClaim(objects, claim)],
  ]);
  const queue = new WorkQueue((key) => {
    const { storage, namespace, name } = JSON.parse(key) as {
      storage: string;
      namespace: string;
      name: string;
    };
    const object = store.get(storage, namespace, name);
    if (!object) return undefined;
    if (object.metadata.deletionTimestamp) finishDelete(objects, storage, object);
    if (isOrphaned(objects, object)) {
      objects.remove(storage, object);
      return undefined;
    }
    const current = store.get(storage, namespace, name);
    return current && reconcilers.get(storage)?.(current);
  }, options.log);
  const enqueue = (storage: string, namespace: string, name: string): void =>
    queue.add(JSON.stringify({ storage, namespace, name }));
  const notice = (event: StoreEvent): void => {
    const { storage, object } = event;
    const namespace = namespaceOf(object);
    if (event.type === "DELETED") setImmediate(() => collectGarbage(objects, object));
    else if (
      reconcilers.has(storage) ||
      object.metadata.deletionTimestamp ||
      object.metadata.ownerReferences
    ) {
      enqueue(storage, namespace, object.metadata.name);
    }
    if (storage === "/pods") {
      for (const { metadata } of store.list("policy/poddisruptionbudgets", namespace))
        enqueue("policy/poddisruptionbudgets", namespace, metadata.name);
    }
    for (const ref of listAt(object, "metadata", "ownerReferences")) {
      const owner = isMap(ref) ? OWNERS[textAt(ref, "kind")] : undefined;
      if (owner) enqueue(owner, namespace, textAt(ref, "name"));
    }
  };
  const unsubscribe = store.subscribe(notice);
  for (const storage of reconcilers.keys()) {
    for (const object of store.list(storage)) enqueue(storage, namespaceOf(object), object.metadata.name);
  }
  return () => {
    unsubscribe();
    queue.stop();
  };
}
