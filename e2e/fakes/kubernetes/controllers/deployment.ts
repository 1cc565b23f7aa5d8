import { isMap, type JsonMap, type KubeObject, listAt, mapAt, numberAt, sameJson, textAt } from "../json.ts";
import { type ControllerObjects, condition, controllerRef, namespaceOf, templateHash } from "./objects.ts";

const DEPLOYMENTS = "apps/deployments";
const REPLICA_SETS = "apps/replicasets";
const HASH = "pod-template-hash";
const REVISION = "deployment.kubernetes.io/revision";

/** Rolls a Deployment's pods to its template and reports how far that is; answers when to look again. */
export function reconcileDeployment(
  objects: ControllerObjects,
  deployment: KubeObject,
  progressDeadlineMs: number | undefined,
): number | undefined {
  if (deployment.metadata.deletionTimestamp) return undefined;
  const sets = objects.ownedBy(REPLICA_SETS, deployment).sort((a, b) => revisionOf(a) - revisionOf(b));
  const isPaused = mapAt(deployment, "spec")?.paused === true;
  let current = sets.findLast((set) => sameTemplate(set, deployment));
  const isNew = !current && !isPaused;
  const revision = Math.max(0, ...sets.filter((set) => set !== current).map(revisionOf)) + 1;
  if (isNew) current = createSet(objects, deployment, sets, revision);
  else if (current && !isPaused) current = withRevision(objects, current, revision);
  const old = sets.filter((set) => set.metadata.uid !== current?.metadata.uid);
  if (current) scaleSets(objects, deployment, current, old);
  prune(objects, deployment, old);
  return report(objects, deployment, current, progressDeadlineMs);
}

const revisionOf = (set: KubeObject): number => Number(textAt(set, "metadata", "annotations", REVISION) || 0);
const desiredOf = (object: KubeObject): number => numberAt(object, ["spec", "replicas"], 1);
const available = (set: KubeObject): number => numberAt(set, ["status", "availableReplicas"], 0);
const actual = (set: KubeObject): number => numberAt(set, ["status", "replicas"], 0);

function sameTemplate(set: KubeObject, deployment: KubeObject): boolean {
  const template = mapAt(set, "spec", "template") ?? {};
  const { [HASH]: _hash, ...labels } = mapAt(template, "metadata", "labels") ?? {};
  const bare = { ...template, metadata: { ...mapAt(template, "metadata"), labels } };
  const wanted = mapAt(deployment, "spec", "template") ?? {};
  return sameJson(bare, {
    ...wanted,
    metadata: { ...mapAt(wanted, "metadata"), labels: mapAt(wanted, "metadata", "labels") ?? {} },
  });
}

function createSet(
  objects: ControllerObjects,
  deployment: KubeObject,
  sets: KubeObject[],
  revision: number,
): KubeObject {
  const template = mapAt(deployment, "spec", "template") ?? {};
  const hash = templateHash(template);
  const labels = { ...mapAt(template, "metadata", "labels"), [HASH]: hash };
  const selector = mapAt(deployment, "spec", "selector") ?? {};
  const { maxSurge } = bounds(deployment);
  const desired = desiredOf(deployment);
  const running = sets.reduce((sum, set) => sum + desiredOf(set), 0);
  const replicas = Math.max(0, Math.min(desired, desired + maxSurge - running));
  return objects.create(REPLICA_SETS, namespaceOf(deployment), {
    metadata: {
      name: `${deployment.metadata.name}-${hash}`,
      labels,
      annotations: {
        "deployment.kubernetes.io/desired-replicas": String(desired),
        "deployment.kubernetes.io/max-replicas": String(desired + maxSurge),
        [REVISION]: String(revision),
      },
      ownerReferences: [controllerRef(deployment)],
    },
    spec: {
      replicas,
      ...(mapAt(deployment, "spec")?.minReadySeconds !== undefined && {
        minReadySeconds: mapAt(deployment, "spec")!.minReadySeconds!,
      }),
      selector: { ...selector, matchLabels: { ...mapAt(selector, "matchLabels"), [HASH]: hash } },
      template: { ...template, metadata: { ...mapAt(template, "metadata"), labels } },
    },
  });
}

function withRevision(objects: ControllerObjects, set: KubeObject, revision: number): KubeObject {
  if (revisionOf(set) >= revision) return set;
  const annotations = { ...mapAt(set, "metadata", "annotations"), [REVISION]: String(revision) };
  return objects.update(REPLICA_SETS, { ...set, metadata: { ...set.metadata, annotations } });
}

/** maxSurge and maxUnavailable as counts. */
function bounds(deployment: KubeObject): { maxSurge: number; maxUnavailable: number } {
  const rolling = mapAt(deployment, "spec", "strategy", "rollingUpdate");
  if (!rolling) return { maxSurge: 0, maxUnavailable: desiredOf(deployment) };
  const desired = desiredOf(deployment);
  const count = (value: unknown, round: (n: number) => number): number =>
    typeof value === "string" ? round((Number.parseInt(value, 10) / 100) * desired) : Number(value ?? 0);
  const maxSurge = count(rolling.maxSurge, Math.ceil);
  const maxUnavailable = count(rolling.maxUnavailable, Math.floor);
  return { maxSurge, maxUnavailable: maxSurge === 0 && maxUnavailable === 0 ? 1 : maxUnavailable };
}

function scaleSets(
  objects: ControllerObjects,
  deployment: KubeObject,
  current: KubeObject,
  old: KubeObject[],
): void {
  const desired = desiredOf(deployment);
  const active = old.filter((set) => desiredOf(set) > 0 || actual(set) > 0);
  if (active.length === 0) {
    scaleTo(objects, current, desired);
    return;
  }
  if (textAt(deployment, "spec", "strategy", "type") === "Recreate") {
    for (const set of active) scaleTo(objects, set, 0);
    return;
  }
  const { maxSurge, maxUnavailable } = bounds(deployment);
  const total = [current, ...active].reduce((sum, set) => sum + desiredOf(set), 0);
  if (desiredOf(current) > desired) scaleTo(objects, current, desired);
  else if (desiredOf(current) < desired && total < desired + maxSurge) {
    scaleTo(objects, current, Math.min(desired, desiredOf(current) + desired + maxSurge - total));
    return;
  }
  const unavailableNew = desiredOf(current) - available(current);
  let removable = total - (desired - maxUnavailable) - unavailableNew;
  for (const set of active) {
    if (removable <= 0) break;
    const by = Math.min(desiredOf(set), removable);
    if (by > 0) scaleTo(objects, set, desiredOf(set) - by);
    removable -= by;
  }
}

function scaleTo(objects: ControllerObjects, set: KubeObject, replicas: number): void {
  if (desiredOf(set) === replicas) return;
  objects.update(REPLICA_SETS, { ...set, spec: { ...mapAt(set, "spec"), replicas } });
}

function prune(objects: ControllerObjects, deployment: KubeObject, old: KubeObject[]): void {
  const limit = numberAt(deployment, ["spec", "revisionHistoryLimit"], 10);
  const idle = old.filter((set) => desiredOf(set) === 0 && actual(set) === 0);
  for (const set of idle.slice(0, Math.max(0, idle.length - limit))) objects.remove(REPLICA_SETS, set);
}

function report(
  objects: ControllerObjects,
  deployment: KubeObject,
  current: KubeObject | undefined,
  progressDeadlineMs: number | undefined,
): number | undefined {
  const { now } = objects.writes;
  const sets = objects.ownedBy(REPLICA_SETS, deployment);
  const sum = (field: string): number =>
    sets.reduce((total, set) => total + numberAt(set, ["status", field], 0), 0);
  const latest = current && sets.find((set) => set.metadata.uid === current.metadata.uid);
  const desired = desiredOf(deployment);
  const counts = {
    replicas: sum("replicas"),
    updatedReplicas: latest ? actual(latest) : 0,
    readyReplicas: sum("readyReplicas"),
    availableReplicas: sum("availableReplicas"),
    unavailableReplicas: Math.max(
      0,
      sets.reduce((total, set) => total + desiredOf(set), 0) - sum("availableReplicas"),
    ),
  };
  const isUp = counts.availableReplicas >= desired - bounds(deployment).maxUnavailable;
  const upCondition = isUp
    ? condition(
        deployment,
        "Available",
        "True",
        "MinimumReplicasAvailable",
        "Deployment has minimum availability.",
        now,
      )
    : condition(
        deployment,
        "Available",
        "False",
        "MinimumReplicasUnavailable",
        "Deployment does not have minimum availability.",
        now,
      );
  const { progressing, againMs } = progress(deployment, counts, latest, desired, now, progressDeadlineMs);
  const kept = Object.entries(counts).filter(([, count]) => count > 0);
  const status: JsonMap = {
    observedGeneration: deployment.metadata.generation ?? 1,
    ...Object.fromEntries(kept),
    conditions: [upCondition, progressing].sort((a, b) =>
      textAt(a, "lastTransitionTime").localeCompare(textAt(b, "lastTransitionTime")),
    ),
  };
  const revision: JsonMap = latest ? { [REVISION]: String(revisionOf(latest)) } : {};
  objects.setStatus(DEPLOYMENTS, deployment, status, revision);
  return againMs;
}

function progress(
  deployment: KubeObject,
  counts: { replicas: number; updatedReplicas: number; availableReplicas: number },
  latest: KubeObject | undefined,
  desired: number,
  now: string,
  deadlineMs: number | undefined,
): { progressing: JsonMap; againMs?: number } {
  const set = latest?.metadata.name ?? "";
  const isComplete =
    counts.updatedReplicas === desired && counts.replicas === desired && counts.availableReplicas === desired;
  const say = (status: string, reason: string, message: string): JsonMap =>
    condition(deployment, "Progressing", status, reason, message, now);
  if (isComplete) {
    return {
      progressing: say("True", "NewReplicaSetAvailable", `ReplicaSet "${set}" has successfully progressed.`),
    };
  }
  const old = listAt(deployment, "status", "conditions").find((c) => textAt(c, "type") === "Progressing");
  const limitMs = deadlineMs ?? numberAt(deployment, ["spec", "progressDeadlineSeconds"], 600) * 1000;
  const sameRollout =
    textAt(old, "message").includes(`"${set}"`) && textAt(old, "reason") !== "NewReplicaSetAvailable";
  const status = mapAt(deployment, "status") ?? {};
  const moved = ["updatedReplicas", "availableReplicas"].some(
    (key) => Number(status[key] ?? 0) < counts[key as "updatedReplicas" | "availableReplicas"],
  );
  const startedAt =
    sameRollout && !moved && isMap(old) ? Date.parse(textAt(old, "lastUpdateTime")) : Date.now();
  const leftMs = startedAt + limitMs - Date.now();
  if (textAt(old, "reason") === "ProgressDeadlineExceeded" && sameRollout && !moved)
    return { progressing: old as JsonMap };
  if (sameRollout && leftMs <= 0) {
    return {
      progressing: say("False", "ProgressDeadlineExceeded", `ReplicaSet "${set}" has timed out progressing.`),
    };
  }
  const progressing = say("True", "ReplicaSetUpdated", `ReplicaSet "${set}" is progressing.`);
  if (moved) progressing.lastUpdateTime = now;
  return { progressing, againMs: Math.max(50, leftMs) };
}
