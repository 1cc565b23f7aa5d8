import { type KubeObject, mapAt, textAt } from "../json.ts";
import { type ControllerObjects, controllerRef, namespaceOf, templateHash } from "./objects.ts";
import { isReady, NODE_NAME } from "./pod.ts";

const REVISION = "controller-revision-hash";

/** Runs one pod on the one node, and replaces it when the template has changed. */
export function reconcileDaemonSet(objects: ControllerObjects, set: KubeObject): undefined {
  if (set.metadata.deletionTimestamp) return;
  const hash = templateHash(mapAt(set, "spec", "template"));
  const revisionOf = (pod: KubeObject): string => textAt(pod, "metadata", "labels", REVISION);
  const template = mapAt(set, "spec", "template") ?? {};
  for (const pod of objects.ownedBy("/pods", set)) if (revisionOf(pod) !== hash) objects.remove("/pods", pod);
  if (objects.ownedBy("/pods", set).length === 0) {
    objects.create("/pods", namespaceOf(set), {
      metadata: {
        generateName: `${set.metadata.name}-`,
        labels: {
          ...mapAt(template, "metadata", "labels"),
          [REVISION]: hash,
          "pod-template-generation": String(set.metadata.generation),
        },
        ownerReferences: [controllerRef(set)],
      },
      spec: { ...mapAt(template, "spec"), nodeName: NODE_NAME },
    });
  }
  const ready = objects.ownedBy("/pods", set).filter(isReady).length;
  objects.setStatus("apps/daemonsets", set, {
    currentNumberScheduled: 1,
    numberMisscheduled: 0,
    desiredNumberScheduled: 1,
    numberReady: ready,
    observedGeneration: set.metadata.generation ?? 1,
    updatedNumberScheduled: 1,
    ...(ready > 0 ? { numberAvailable: ready } : { numberUnavailable: 1 }),
  });
  return undefined;
}
