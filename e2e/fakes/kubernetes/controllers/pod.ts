import { createHash } from "node:crypto";
import { imageTag } from "../defaults/core.ts";
import { isMap, type JsonMap, type KubeObject, listAt, mapAt, textAt } from "../json.ts";
import type { ControllerObjects } from "./objects.ts";

/** The one node of a simulated cluster. */
export const NODE_NAME = "simulated-node-1";
const NODE_ADDRESS = "10.0.0.1";

/** Whether a pod serves. */
export function isReady(pod: KubeObject): boolean {
  return listAt(pod, "status", "conditions").some(
    (c) => textAt(c, "type") === "Ready" && textAt(c, "status") === "True",
  );
}

/** Plays scheduler and kubelet: binds a pod, starts it after a moment, or fails to pull its image. */
export function reconcilePod(
  objects: ControllerObjects,
  pod: KubeObject,
  readyMs: number,
): number | undefined {
  if (pod.metadata.deletionTimestamp || ["Succeeded", "Failed"].includes(textAt(pod, "status", "phase")))
    return undefined;
  if (!textAt(pod, "spec", "nodeName")) {
    const isOurs = textAt(pod, "spec", "schedulerName") === "default-scheduler" && fitsNode(objects, pod);
    if (!isOurs) return undefined;
    const spec: JsonMap = { ...mapAt(pod, "spec"), nodeName: NODE_NAME };
    objects.writes.store.put("/pods", { ...pod, spec });
    return readyMs;
  }
  const broken = brokenImage(pod);
  const { now } = objects.writes;
  if (broken) {
    if (textAt(pod, "status", "phase") === "Pending" && listAt(pod, "status", "containerStatuses").length > 0)
      return undefined;
    objects.setStatus("/pods", pod, pendingStatus(pod, broken, now));
    return undefined;
  }
  const startedAt = Date.parse(textAt(pod, "metadata", "creationTimestamp"));
  if (isReady(pod)) return isFromJob(pod) ? finish(objects, pod, now) : undefined;
  const waitMs = Math.min(readyMs, startedAt + 1000 + readyMs - Date.now());
  if (textAt(pod, "status", "phase") === "Pending" && !textAt(pod, "status", "startTime")) {
    const startTime = now;
    objects.setStatus("/pods", pod, { ...mapAt(pod, "status"), hostIP: NODE_ADDRESS, startTime });
    if (waitMs > 0) return waitMs;
  }
  objects.setStatus("/pods", pod, runningStatus(pod, now));
  return isFromJob(pod) ? readyMs : undefined;
}

function fitsNode(objects: ControllerObjects, pod: KubeObject): boolean {
  const labels = mapAt(objects.get("/nodes", "", NODE_NAME), "metadata", "labels") ?? {};
  const wanted = Object.entries(mapAt(pod, "spec", "nodeSelector") ?? {});
  return wanted.every(([key, value]) => labels[key] === value);
}

const isFromJob = (pod: KubeObject): boolean =>
  listAt(pod, "metadata", "ownerReferences").some((ref) => textAt(ref, "kind") === "Job");

/** Images a test or a demo uses to see a rollout fail. */
function brokenImage(pod: KubeObject): string | undefined {
  const images = listAt(pod, "spec", "containers").map((c) => textAt(c, "image"));
  return images.find((image) => /broken|doesnotexist/.test(imageTag(image)));
}

function conditions(now: string, ready: boolean, unready: JsonMap = {}): JsonMap[] {
  const entry = (type: string, isTrue: boolean): JsonMap => ({
    type,
    status: isTrue ? "True" : "False",
    lastTransitionTime: now,
    ...(!isTrue && unready),
  });
  return [
    entry("PodReadyToStartContainers", true),
    entry("Initialized", true),
    entry("Ready", ready),
    entry("ContainersReady", ready),
    entry("PodScheduled", true),
  ];
}

function base(pod: KubeObject): JsonMap {
  const { qosClass, startTime } = mapAt(pod, "status") ?? {};
  const address = addressOf(pod);
  return {
    observedGeneration: pod.metadata.generation ?? 1,
    hostIP: NODE_ADDRESS,
    hostIPs: [{ ip: NODE_ADDRESS }],
    podIP: address,
    podIPs: [{ ip: address }],
    ...(startTime && { startTime }),
    ...(qosClass && { qosClass }),
  };
}

function addressOf(pod: KubeObject): string {
  const [a = 0, b = 0] = createHash("sha256").update(String(pod.metadata.uid)).digest();
  return `10.244.${a}.${Math.max(1, b)}`;
}

function containerStatus(container: JsonMap, state: JsonMap, ready: boolean): JsonMap {
  const image = textAt(container, "image");
  return {
    name: textAt(container, "name"),
    image,
    imageID: ready ? `sha256:${createHash("sha256").update(image).digest("hex")}` : "",
    ready,
    started: ready,
    restartCount: 0,
    state,
  };
}

function runningStatus(pod: KubeObject, now: string): JsonMap {
  const containers = listAt(pod, "spec", "containers").filter(isMap);
  return {
    ...base(pod),
    phase: "Running",
    conditions: conditions(now, true),
    containerStatuses: containers.map((c) => containerStatus(c, { running: { startedAt: now } }, true)),
  };
}

function pendingStatus(pod: KubeObject, broken: string, now: string): JsonMap {
  const containers = listAt(pod, "spec", "containers").filter(isMap);
  const names = containers.map((c) => textAt(c, "name")).join(" ");
  const unready = { reason: "ContainersNotReady", message: `containers with unready status: [${names}]` };
  const message = `Back-off pulling image "${broken}": ErrImagePull: failed to resolve reference "${broken}": not found`;
  const creating = { waiting: { reason: "ContainerCreating" } };
  const pulling = { waiting: { reason: "ImagePullBackOff", message } };
  return {
    ...base(pod),
    phase: "Pending",
    startTime: now,
    conditions: conditions(now, false, unready),
    containerStatuses: containers.map((c) =>
      containerStatus(c, c.image === broken ? pulling : creating, false),
    ),
  };
}

function finish(objects: ControllerObjects, pod: KubeObject, now: string): undefined {
  const containers = listAt(pod, "spec", "containers").filter(isMap);
  const state = { terminated: { exitCode: 0, reason: "Completed", startedAt: now, finishedAt: now } };
  const unready = { reason: "PodCompleted" };
  objects.setStatus("/pods", pod, {
    ...base(pod),
    phase: "Succeeded",
    conditions: conditions(now, false, unready),
    containerStatuses: containers.map((c) => ({
      ...containerStatus(c, state, true),
      ready: false,
      started: false,
    })),
  });
}
