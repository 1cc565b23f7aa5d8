import { type JsonMap, type KubeObject, listAt, mapAt, numberAt, textAt } from "../json.ts";
import { type ControllerObjects, condition, controllerRef, namespaceOf } from "./objects.ts";
import { isReady } from "./pod.ts";

/** Runs a Job's pods until enough have succeeded. */
export function reconcileJob(objects: ControllerObjects, job: KubeObject): undefined {
  if (job.metadata.deletionTimestamp || isFinished(job)) return;
  const { now } = objects.writes;
  if (mapAt(job, "spec")?.suspend === true) {
    const suspended = condition(job, "Suspended", "True", "JobSuspended", "Job suspended", now);
    objects.setStatus("batch/jobs", job, { conditions: [asJobCondition(suspended)] });
    return;
  }
  const phaseOf = (pod: KubeObject): string => textAt(pod, "status", "phase");
  const pods = objects.ownedBy("/pods", job);
  const succeeded = pods.filter((pod) => phaseOf(pod) === "Succeeded").length;
  const active = pods.length - succeeded;
  const completions = numberAt(job, ["spec", "completions"], 1);
  const wanted = Math.min(numberAt(job, ["spec", "parallelism"], 1), completions - succeeded) - active;
  for (let i = 0; i < wanted; i++) createPod(objects, job);
  const startTime = textAt(job, "status", "startTime") || now;
  const running = active + Math.max(0, wanted);
  const isDone = succeeded >= completions;
  const conditions = isDone
    ? ["SuccessCriteriaMet", "Complete"].map((type) =>
        asJobCondition(
          condition(
            job,
            type,
            "True",
            "CompletionsReached",
            "Reached expected number of succeeded pods",
            now,
          ),
        ),
      )
    : [];
  objects.setStatus("batch/jobs", job, {
    ...(conditions.length > 0 && { conditions }),
    startTime,
    ...(isDone && { completionTime: now }),
    ...(running > 0 && { active: running }),
    ...(succeeded > 0 && { succeeded }),
    terminating: 0,
    uncountedTerminatedPods: {},
    ready: pods.filter(isReady).length,
  });
  return undefined;
}

const isFinished = (job: KubeObject): boolean =>
  listAt(job, "status", "conditions").some((c) => ["Complete", "Failed"].includes(textAt(c, "type")));

/** A Job's conditions carry lastProbeTime where a Deployment's carry lastUpdateTime. */
function asJobCondition({ lastUpdateTime, ...rest }: JsonMap): JsonMap {
  return { ...rest, lastProbeTime: lastUpdateTime ?? null };
}

function createPod(objects: ControllerObjects, job: KubeObject): void {
  const template = mapAt(job, "spec", "template") ?? {};
  const { labels } = mapAt(template, "metadata") ?? {};
  objects.create("/pods", namespaceOf(job), {
    metadata: {
      generateName: `${job.metadata.name}-`,
      ...(labels && { labels }),
      ownerReferences: [controllerRef(job)],
    },
    spec: template.spec ?? {},
  });
}
