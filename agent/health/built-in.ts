import { groupVersion, type KubeObject } from "../object.ts";
import { conditionsOf, describe, findCondition } from "./conditions.ts";
import {
  degraded,
  type Health,
  healthy,
  mapOf,
  mapsOf,
  numberOf,
  progressing,
  type Related,
  type Rule,
  suspended,
  textOf,
} from "./health.ts";
import { podHealth, podsTrouble } from "./pods.ts";

/** Kubernetes' own groups; the kinds in them that have no rule below have nothing that could fail. */
const GROUPS = new Set([
  "",
  "apps",
  "batch",
  "autoscaling",
  "policy",
  "apiextensions.k8s.io",
  "apiregistration.k8s.io",
  "admissionregistration.k8s.io",
  "authentication.k8s.io",
  "authorization.k8s.io",
  "certificates.k8s.io",
  "coordination.k8s.io",
  "discovery.k8s.io",
  "events.k8s.io",
  "flowcontrol.apiserver.k8s.io",
  "networking.k8s.io",
  "node.k8s.io",
  "rbac.authorization.k8s.io",
  "resource.k8s.io",
  "scheduling.k8s.io",
  "storage.k8s.io",
  "storagemigration.k8s.io",
]);

/** kstatus's rules for Kubernetes' own kinds, in the words Healthy, Progressing, Degraded and Suspended. */
export const builtIn: Rule = (object, related) => {
  if (!isBuiltIn(object)) return undefined;
  const { group } = groupVersion(object.apiVersion);
  const rule = RULES[`${group}/${object.kind}`];
  if (rule) return rule(object, related);
  return healthy(`It exists, which is all that a ${object.kind} does.`);
};

/** Whether a kind is Kubernetes' own. */
export function isBuiltIn({ apiVersion }: KubeObject): boolean {
  return GROUPS.has(groupVersion(apiVersion).group);
}

const spec = (object: KubeObject) => mapOf(object.spec);
const status = (object: KubeObject) => mapOf(object.status);

const RULES: Record<string, Rule> = {
  "apps/Deployment": deployment,
  "apps/StatefulSet": statefulSet,
  "apps/DaemonSet": daemonSet,
  "apps/ReplicaSet": replicaSet,
  "/ReplicationController": replicaSet,
  "/Pod": podHealth,
  "/PersistentVolumeClaim": claim,
  "/PersistentVolume": volume,
  "/Service": service,
  "/Namespace": namespace,
  "/Node": node,
  "batch/Job": job,
  "batch/CronJob": cronJob,
  "networking.k8s.io/Ingress": ingress,
  "autoscaling/HorizontalPodAutoscaler": autoscaler,
  "policy/PodDisruptionBudget": disruptionBudget,
  "apiextensions.k8s.io/CustomResourceDefinition": definition,
  "apiregistration.k8s.io/APIService": apiService,
  "certificates.k8s.io/CertificateSigningRequest": signingRequest,
};

function deployment(object: KubeObject, related: Related): Health {
  const conditions = conditionsOf(object);
  const { replicas, updatedReplicas, availableReplicas, readyReplicas } = status(object);
  const wanted = numberOf(spec(object).replicas, 1);
  const progress = findCondition(conditions, "Progressing");
  if (
    spec(object).paused === true &&
    status(object).observedGeneration !== undefined &&
    numberOf(updatedReplicas) < wanted
  )
    return suspended("Its rollout is paused.");
  if (progress?.reason === "ProgressDeadlineExceeded")
    return explained(degraded(describe(progress)), related, object);
  const failure = findCondition(conditions, "ReplicaFailure");
  if (failure?.status === "True") return degraded(describe(failure));
  if (status(object).observedGeneration === undefined && !object.status)
    return progressing("Its controller has not reported a status yet.");
  const rollout = rolloutOf(wanted, {
    updated: numberOf(updatedReplicas),
    total: numberOf(replicas),
    available: numberOf(availableReplicas),
    ready: numberOf(readyReplicas),
  });
  if (rollout) return explained(progressing(rollout), related, object);
  const available = findCondition(conditions, "Available");
  if (available && available.status !== "True")
    return explained(progressing(describe(available)), related, object);
  if (spec(object).paused === true)
    return suspended(`All ${wanted} replicas are available; its rollout is paused.`);
  return healthy(`All ${wanted} replicas are updated and available.`);
}

function rolloutOf(
  wanted: number,
  counts: { updated: number; total: number; available: number; ready: number },
) {
  const { updated, total, available, ready } = counts;
  if (updated < wanted) return `${updated} of ${wanted} replicas are updated.`;
  if (total > updated) return `${total - updated} old replicas are still to be removed.`;
  if (available < wanted) return `${available} of ${wanted} replicas are available.`;
  if (ready < wanted) return `${ready} of ${wanted} replicas are ready.`;
  return undefined;
}

/** A rollout that stands still, with the reason its pods give; a pod that cannot start is no progress. */
function explained(health: Health, related: Related, owner: KubeObject): Health {
  const trouble = podsTrouble(owner, related);
  if (!trouble) return health;
  return {
    status: trouble.fatal ? "Degraded" : health.status,
    message: `${health.message} ${trouble.message}`,
  };
}

function statefulSet(object: KubeObject, related: Related): Health {
  const { replicas, readyReplicas, currentReplicas, updatedReplicas, currentRevision, updateRevision } =
    status(object);
  const wanted = numberOf(spec(object).replicas, 1);
  const strategy = mapOf(spec(object).updateStrategy);
  if (!object.status) return progressing("Its controller has not reported a status yet.");
  if (strategy.type === "OnDelete")
    return numberOf(readyReplicas) < wanted
      ? explained(progressing(`${numberOf(readyReplicas)} of ${wanted} replicas are ready.`), related, object)
      : healthy(`All ${wanted} replicas are ready; updates wait for pods to be deleted.`);
  if (numberOf(replicas) < wanted)
    return explained(progressing(`${numberOf(replicas)} of ${wanted} replicas exist.`), related, object);
  if (numberOf(readyReplicas) < wanted)
    return explained(
      progressing(`${numberOf(readyReplicas)} of ${wanted} replicas are ready.`),
      related,
      object,
    );
  if (numberOf(replicas) > wanted)
    return progressing(`${numberOf(replicas) - wanted} replicas are still to be removed.`);
  const partition = numberOf(mapOf(strategy.rollingUpdate).partition);
  if (partition > 0) {
    const expected = Math.max(wanted - partition, 0);
    return numberOf(updatedReplicas) < expected
      ? progressing(`${numberOf(updatedReplicas)} of ${expected} replicas above the partition are updated.`)
      : healthy(`All ${wanted} replicas are ready, ${expected} of them updated as the partition asks.`);
  }
  if (
    currentReplicas !== undefined &&
    numberOf(currentReplicas) < wanted &&
    currentRevision !== updateRevision
  )
    return explained(
      progressing(`${numberOf(updatedReplicas)} of ${wanted} replicas are updated.`),
      related,
      object,
    );
  if (currentRevision !== updateRevision && updateRevision !== undefined)
    return explained(
      progressing(`${numberOf(updatedReplicas)} of ${wanted} replicas are updated.`),
      related,
      object,
    );
  return healthy(`All ${wanted} replicas are updated and ready.`);
}

function daemonSet(object: KubeObject, related: Related): Health {
  const {
    desiredNumberScheduled,
    currentNumberScheduled,
    updatedNumberScheduled,
    numberAvailable,
    numberReady,
  } = status(object);
  if (
    !object.status ||
    desiredNumberScheduled === undefined ||
    status(object).observedGeneration === undefined
  )
    return progressing("Its controller has not reported a status yet.");
  const wanted = numberOf(desiredNumberScheduled);
  const onDelete = mapOf(spec(object).updateStrategy).type === "OnDelete";
  if (numberOf(currentNumberScheduled) < wanted)
    return explained(
      progressing(`${numberOf(currentNumberScheduled)} of ${wanted} nodes have a pod.`),
      related,
      object,
    );
  if (!onDelete && numberOf(updatedNumberScheduled) < wanted)
    return explained(
      progressing(`${numberOf(updatedNumberScheduled)} of ${wanted} nodes have an updated pod.`),
      related,
      object,
    );
  if (numberOf(numberAvailable) < wanted)
    return explained(
      progressing(`${numberOf(numberAvailable)} of ${wanted} nodes have an available pod.`),
      related,
      object,
    );
  if (numberOf(numberReady) < wanted)
    return explained(
      progressing(`${numberOf(numberReady)} of ${wanted} nodes have a ready pod.`),
      related,
      object,
    );
  return healthy(`All ${wanted} nodes have an available pod.`);
}

function replicaSet(object: KubeObject, related: Related): Health {
  const failure = findCondition(conditionsOf(object), "ReplicaFailure");
  if (failure?.status === "True") return degraded(describe(failure));
  const wanted = numberOf(spec(object).replicas, 1);
  const { replicas, availableReplicas, readyReplicas } = status(object);
  if (numberOf(replicas) < wanted)
    return explained(progressing(`${numberOf(replicas)} of ${wanted} replicas exist.`), related, object);
  if (numberOf(replicas) > wanted)
    return progressing(`${numberOf(replicas) - wanted} replicas are still to be removed.`);
  const up = Math.min(numberOf(availableReplicas), numberOf(readyReplicas, numberOf(availableReplicas)));
  if (up < wanted)
    return explained(progressing(`${up} of ${wanted} replicas are available.`), related, object);
  return healthy(`All ${wanted} replicas are available.`);
}

function job(object: KubeObject): Health {
  const conditions = conditionsOf(object);
  const failed = findCondition(conditions, "Failed");
  if (failed?.status === "True") return degraded(describe(failed));
  const complete = findCondition(conditions, "Complete");
  if (complete?.status === "True") return healthy("The job has completed.");
  if (findCondition(conditions, "Suspended")?.status === "True" || spec(object).suspend === true)
    return suspended("The job is suspended.");
  const { active, succeeded, failed: failures } = status(object);
  if (status(object).startTime === undefined) return progressing("The job has not started yet.");
  return progressing(
    `The job is running: ${numberOf(active)} active, ${numberOf(succeeded)} succeeded, ${numberOf(failures)} failed pods.`,
  );
}

function cronJob(object: KubeObject): Health {
  if (spec(object).suspend === true) return healthy("Its schedule is suspended.");
  const { lastScheduleTime, lastSuccessfulTime, active } = status(object);
  if (mapsOf(active).length > 0) return healthy("A job of it is running.");
  if (!lastScheduleTime) return healthy("It has not been scheduled yet.");
  const scheduled = Date.parse(textOf(lastScheduleTime));
  const succeeded = Date.parse(textOf(lastSuccessfulTime));
  if (succeeded < scheduled)
    return degraded(`Its last job, of ${textOf(lastScheduleTime)}, has not succeeded.`);
  return healthy(`It was last scheduled at ${textOf(lastScheduleTime)}.`);
}

function claim(object: KubeObject): Health {
  const phase = textOf(status(object).phase);
  if (phase === "Bound") return healthy("The claim is bound.");
  if (phase === "Lost") return degraded("The claim has lost its volume.");
  return progressing(`The claim is ${phase ? phase.toLowerCase() : "not bound yet"}.`);
}

function volume(object: KubeObject): Health {
  const phase = textOf(status(object).phase);
  if (phase === "Failed")
    return degraded(`The volume could not be reclaimed: ${textOf(status(object).message)}`);
  return phase === "Pending"
    ? progressing("The volume is not available yet.")
    : healthy(`The volume is ${phase.toLowerCase() || "there"}.`);
}

function service(object: KubeObject): Health {
  if (spec(object).type !== "LoadBalancer") return healthy("It needs no load balancer.");
  const ingress = mapsOf(mapOf(status(object).loadBalancer).ingress);
  if (ingress.length === 0) return progressing("Its load balancer has no address yet.");
  return healthy(`Its load balancer is at ${textOf(ingress[0]?.ip) || textOf(ingress[0]?.hostname)}.`);
}

function ingress(object: KubeObject): Health {
  const addresses = mapsOf(mapOf(status(object).loadBalancer).ingress);
  const [first] = addresses;
  // Many controllers publish no address at all, so that its absence says nothing.
  return healthy(
    first
      ? `It is served at ${textOf(first.ip) || textOf(first.hostname)}.`
      : "It exists; no controller has given it an address.",
  );
}

function namespace(object: KubeObject): Health {
  return status(object).phase === "Terminating"
    ? progressing("The namespace is being deleted.")
    : healthy("The namespace is active.");
}

function node(object: KubeObject): Health {
  const ready = findCondition(conditionsOf(object), "Ready");
  if (ready?.status === "True")
    return spec(object).unschedulable === true
      ? suspended("The node is cordoned.")
      : healthy("The node is ready.");
  return ready ? degraded(describe(ready)) : progressing("The node has not reported yet.");
}

function autoscaler(object: KubeObject): Health {
  const conditions = conditionsOf(object);
  for (const type of ["AbleToScale", "ScalingActive"]) {
    const condition = findCondition(conditions, type);
    if (condition?.status !== "False") continue;
    if (condition.reason === "ScalingDisabled") return suspended(describe(condition));
    return degraded(describe(condition));
  }
  if (conditions.length === 0 && !object.status)
    return progressing("Its controller has not reported a status yet.");
  const able = findCondition(conditions, "AbleToScale");
  return healthy(able?.message || "It is able to scale.");
}

function disruptionBudget(object: KubeObject): Health {
  const allowed = findCondition(conditionsOf(object), "DisruptionAllowed");
  if (allowed?.reason === "SyncFailed") return degraded(describe(allowed));
  const { currentHealthy, desiredHealthy, observedGeneration } = status(object);
  if (observedGeneration === undefined) return progressing("Its controller has not reported a status yet.");
  return healthy(`${numberOf(currentHealthy)} of at least ${numberOf(desiredHealthy)} pods are healthy.`);
}

function definition(object: KubeObject): Health {
  const conditions = conditionsOf(object);
  if (conditions.length === 0) return progressing("The API server has not accepted its names yet.");
  const terminating = findCondition(conditions, "Terminating");
  if (terminating?.status === "True") return progressing(describe(terminating));
  for (const type of ["NamesAccepted", "Established"]) {
    const condition = findCondition(conditions, type);
    if (!condition) return progressing(`${type} is not reported yet.`);
    if (condition.status !== "True" && condition.reason === "Installing")
      return progressing(describe(condition));
    if (condition.status !== "True") return degraded(describe(condition));
  }
  const nonStructural = findCondition(conditions, "NonStructuralSchema");
  if (nonStructural?.status === "True") return degraded(describe(nonStructural));
  return healthy("It is established.");
}

function apiService(object: KubeObject): Health {
  const available = findCondition(conditionsOf(object), "Available");
  if (!available) return progressing("Its availability has not been checked yet.");
  return available.status === "True" ? healthy("Its API is available.") : degraded(describe(available));
}

function signingRequest(object: KubeObject): Health {
  const conditions = conditionsOf(object);
  const refused = conditions.find(({ type }) => type === "Denied" || type === "Failed");
  if (refused) return degraded(describe(refused));
  if (textOf(status(object).certificate)) return healthy("The certificate is issued.");
  return progressing("The certificate is not issued yet.");
}
