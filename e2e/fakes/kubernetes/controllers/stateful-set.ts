import { isMap, type JsonMap, type KubeObject, listAt, mapAt, numberAt, textAt } from "../json.ts";
import { type ControllerObjects, controllerRef, namespaceOf, templateHash } from "./objects.ts";
import { isReady } from "./pod.ts";

const REVISION = "controller-revision-hash";

/** Runs a StatefulSet's pods one after the other, and replaces outdated ones from the last to the first. */
export function reconcileStatefulSet(objects: ControllerObjects, set: KubeObject): undefined {
  if (set.metadata.deletionTimestamp) return;
  const desired = numberAt(set, ["spec", "replicas"], 1);
  const update = `${set.metadata.name}-${templateHash(mapAt(set, "spec", "template"))}`;
  const pods = new Map(objects.ownedBy("/pods", set).map((pod) => [ordinalOf(pod), pod]));
  const inParallel = textAt(set, "spec", "podManagementPolicy") === "Parallel";
  for (let i = 0; i < desired; i++) {
    const pod = pods.get(i);
    if (!pod) createPod(objects, set, i, update);
    if (!inParallel && !(pod && isReady(pod))) break;
  }
  for (const [ordinal, pod] of pods) if (ordinal >= desired) objects.remove("/pods", pod);
  const replaces = textAt(set, "spec", "updateStrategy", "type") !== "OnDelete";
  const outdated = [...pods.values()].filter((pod) => revisionOf(pod) !== update && ordinalOf(pod) < desired);
  const partition = numberAt(set, ["spec", "updateStrategy", "rollingUpdate", "partition"], 0);
  const last = outdated
    .filter((pod) => ordinalOf(pod) >= partition)
    .sort((a, b) => ordinalOf(b) - ordinalOf(a))[0];
  const othersReady = [...pods.values()].every((pod) => revisionOf(pod) !== update || isReady(pod));
  if (replaces && last && pods.size >= desired && othersReady) objects.remove("/pods", last);
  report(objects, set, desired, update);
  return undefined;
}

const ordinalOf = (pod: KubeObject): number => Number(/-(\d+)$/.exec(pod.metadata.name)?.[1] ?? -1);
const revisionOf = (pod: KubeObject): string => textAt(pod, "metadata", "labels", REVISION);

function createPod(objects: ControllerObjects, set: KubeObject, ordinal: number, revision: string): void {
  const namespace = namespaceOf(set);
  const name = `${set.metadata.name}-${ordinal}`;
  const template = mapAt(set, "spec", "template") ?? {};
  const claims = listAt(set, "spec", "volumeClaimTemplates").filter(isMap);
  for (const claim of claims) {
    const claimName = `${textAt(claim, "metadata", "name")}-${name}`;
    if (objects.get("/persistentvolumeclaims", namespace, claimName)) continue;
    const labels = mapAt(set, "spec", "selector", "matchLabels") ?? {};
    objects.create("/persistentvolumeclaims", namespace, {
      metadata: { name: claimName, labels },
      spec: claim.spec ?? {},
    });
  }
  const volumes: JsonMap[] = claims.map((claim) => {
    const volume = textAt(claim, "metadata", "name");
    return { name: volume, persistentVolumeClaim: { claimName: `${volume}-${name}` } };
  });
  const spec: JsonMap = {
    ...mapAt(template, "spec"),
    hostname: name,
    subdomain: textAt(set, "spec", "serviceName"),
  };
  if (volumes.length > 0) spec.volumes = [...listAt(spec, "volumes"), ...volumes];
  objects.create("/pods", namespace, {
    metadata: {
      name,
      labels: {
        ...mapAt(template, "metadata", "labels"),
        "apps.kubernetes.io/pod-index": String(ordinal),
        "statefulset.kubernetes.io/pod-name": name,
        [REVISION]: revision,
      },
      ...(mapAt(template, "metadata", "annotations") && {
        annotations: mapAt(template, "metadata", "annotations")!,
      }),
      ownerReferences: [controllerRef(set)],
    },
    spec,
  });
}

function report(objects: ControllerObjects, set: KubeObject, desired: number, update: string): void {
  const pods = objects.ownedBy("/pods", set);
  const ready = pods.filter(isReady);
  const updated = pods.filter((pod) => revisionOf(pod) === update);
  const isDone = updated.length === desired && ready.length === desired && pods.length === desired;
  const before = textAt(set, "status", "currentRevision");
  const current = isDone || !before ? update : before;
  const counts = {
    readyReplicas: ready.length,
    currentReplicas: pods.filter((pod) => revisionOf(pod) === current).length,
    updatedReplicas: updated.length,
  };
  objects.setStatus("apps/statefulsets", set, {
    observedGeneration: set.metadata.generation ?? 1,
    replicas: pods.length,
    ...Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
    currentRevision: current,
    updateRevision: update,
    collisionCount: 0,
    availableReplicas: ready.length,
  });
}
