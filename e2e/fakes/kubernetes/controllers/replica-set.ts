import { type KubeObject, mapAt, numberAt } from "../json.ts";
import { type ControllerObjects, controllerRef, namespaceOf } from "./objects.ts";
import { isReady } from "./pod.ts";

const REPLICA_SETS = "apps/replicasets";

/** Keeps as many pods as asked for, and counts them. */
export function reconcileReplicaSet(objects: ControllerObjects, set: KubeObject): undefined {
  if (set.metadata.deletionTimestamp) return;
  const pods = objects.ownedBy("/pods", set).filter((pod) => !pod.metadata.deletionTimestamp);
  const desired = numberAt(set, ["spec", "replicas"], 1);
  for (let i = pods.length; i < desired; i++) createPod(objects, set);
  const expendable = [...pods].sort((a, b) => Number(isReady(a)) - Number(isReady(b)));
  for (const pod of expendable.slice(0, Math.max(0, pods.length - desired))) objects.remove("/pods", pod);
  const now = objects.ownedBy("/pods", set);
  const ready = now.filter(isReady).length;
  objects.setStatus(REPLICA_SETS, set, {
    replicas: now.length,
    ...(now.length > 0 && { fullyLabeledReplicas: now.length }),
    ...(ready > 0 && { readyReplicas: ready, availableReplicas: ready }),
    observedGeneration: set.metadata.generation ?? 1,
  });
  return undefined;
}

function createPod(objects: ControllerObjects, set: KubeObject): void {
  const template = mapAt(set, "spec", "template") ?? {};
  const { labels, annotations } = mapAt(template, "metadata") ?? {};
  objects.create("/pods", namespaceOf(set), {
    metadata: {
      generateName: `${set.metadata.name}-`,
      ...(labels && { labels }),
      ...(annotations && { annotations }),
      ownerReferences: [controllerRef(set)],
    },
    spec: template.spec ?? {},
  });
}
