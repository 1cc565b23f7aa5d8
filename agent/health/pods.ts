import type { KubeObject } from "../object.ts";
import { conditionsOf, describe, findCondition } from "./conditions.ts";
import {
  degraded,
  type Health,
  healthy,
  type JsonMap,
  mapOf,
  mapsOf,
  numberOf,
  progressing,
  type Related,
  suspended,
  textOf,
} from "./health.ts";

/** Why pods of a workload do not run; `fatal` where waiting will not help. */
export type Trouble = { fatal: boolean; message: string };

const FATAL_WAITS =
  /^(ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull|RegistryUnavailable|CrashLoopBackOff|CreateContainerConfigError|CreateContainerError|RunContainerError|StartError|ErrImage.*)$/;

/** A pod's health, by kstatus: phase, then readiness, then what its containers wait for. */
export function podHealth(pod: KubeObject): Health {
  const { phase, reason, message } = mapOf(pod.status);
  if (phase === "Succeeded") return healthy("The pod has completed.");
  if (phase === "Failed")
    return degraded(`The pod has failed${textOf(reason) ? ` (${textOf(reason)})` : ""}. ${textOf(message)}`);
  const trouble = podTrouble(pod);
  if (trouble?.fatal) return degraded(trouble.message);
  if (findCondition(conditionsOf(pod), "Ready")?.status === "True")
    return healthy("The pod is running and ready.");
  if (trouble) return progressing(trouble.message);
  if (mapsOf(mapOf(pod.spec).schedulingGates).length > 0) return suspended("Its scheduling is gated.");
  if (phase === "Running") return progressing("The pod is running and not ready yet.");
  return progressing("The pod is being started.");
}

/** What keeps one pod from being ready, if anything says so. */
export function podTrouble(pod: KubeObject): Trouble | undefined {
  const status = mapOf(pod.status);
  const scheduled = findCondition(conditionsOf(pod), "PodScheduled");
  if (scheduled?.status === "False")
    return {
      fatal: false,
      message: `It cannot be scheduled${scheduled.reason ? ` (${scheduled.reason})` : ""}: ${scheduled.message}`,
    };
  const containers = [...mapsOf(status.initContainerStatuses), ...mapsOf(status.containerStatuses)];
  for (const container of containers) {
    const waiting = waitingTrouble(container);
    if (waiting) return waiting;
  }
  for (const container of containers) {
    const ended = mapOf(mapOf(container.state).terminated);
    if (ended.exitCode !== undefined && numberOf(ended.exitCode) !== 0)
      return { fatal: false, message: endedMessage(container, ended) };
  }
  const unready = mapsOf(status.containerStatuses).find(
    (container) => container.ready === false && mapOf(container.state).running !== undefined,
  );
  if (!unready) return undefined;
  const probe = probeOf(pod, textOf(unready.name));
  return { fatal: false, message: `Container ${textOf(unready.name)} is running and not ready${probe}.` };
}

function waitingTrouble(container: JsonMap): Trouble | undefined {
  const { reason, message } = mapOf(mapOf(container.state).waiting);
  const why = textOf(reason);
  if (!FATAL_WAITS.test(why)) return undefined;
  const last = mapOf(mapOf(container.lastState).terminated);
  const ended = last.exitCode === undefined ? "" : ` ${endedMessage(container, last)}`;
  const words =
    why === "CrashLoopBackOff"
      ? `keeps crashing (${why}, ${numberOf(container.restartCount)} restarts)`
      : `cannot start (${why})`;
  return {
    fatal: true,
    message: `Container ${textOf(container.name)} ${words}${textOf(message) ? `: ${textOf(message)}` : "."}${ended}`,
  };
}

function endedMessage(container: JsonMap, ended: JsonMap): string {
  const reason = textOf(ended.reason);
  return `Container ${textOf(container.name)} ended with exit code ${numberOf(ended.exitCode)}${reason ? ` (${reason})` : ""}.`;
}

function probeOf(pod: KubeObject, name: string): string {
  const container = mapsOf(mapOf(pod.spec).containers).find((one) => one.name === name);
  if (container?.startupProbe !== undefined) return ": its startup or readiness probe has not succeeded";
  return container?.readinessProbe === undefined ? "" : ": its readiness probe does not succeed";
}

/** The most telling trouble of the pods that belong to a workload's newest revision. */
export function podsTrouble(owner: KubeObject, related: Related): Trouble | undefined {
  const failing = ownedReplicaSets(owner, related)
    .map((set) => findCondition(conditionsOf(set), "ReplicaFailure"))
    .find((condition) => condition?.status === "True");
  if (failing) return { fatal: true, message: describe(failing) };
  let first: Trouble | undefined;
  for (const pod of ownedPods(owner, related)) {
    const trouble = podTrouble(pod);
    if (!trouble) continue;
    const named = { ...trouble, message: `Pod ${pod.metadata.name}: ${trouble.message}` };
    if (trouble.fatal) return named;
    first ??= named;
  }
  return first;
}

function ownedReplicaSets(owner: KubeObject, { replicaSets = [] }: Related): KubeObject[] {
  return replicaSets.filter((set) => isOwnedBy(set, owner));
}

/** Pods of the owner itself, or of its ReplicaSets; without any owner reference all are taken to be its own. */
function ownedPods(owner: KubeObject, related: Related): KubeObject[] {
  const owners = [owner, ...ownedReplicaSets(owner, related)];
  return (related.pods ?? []).filter((pod) => owners.some((one) => isOwnedBy(pod, one)) || !hasOwner(pod));
}

function isOwnedBy(object: KubeObject, owner: KubeObject): boolean {
  return mapsOf(object.metadata.ownerReferences).some(
    (reference) =>
      (owner.metadata.uid !== undefined && reference.uid === owner.metadata.uid) ||
      (reference.kind === owner.kind && reference.name === owner.metadata.name),
  );
}

function hasOwner(object: KubeObject): boolean {
  return mapsOf(object.metadata.ownerReferences).length > 0;
}
