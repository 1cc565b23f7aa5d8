import { groupVersion } from "../object.ts";
import { whileSuspended } from "./by-fields.ts";
import { byReplicas } from "./by-replicas.ts";
import { conditionsOf, describe, findCondition } from "./conditions.ts";
import {
  degraded,
  type Health,
  healthy,
  mapOf,
  mapsOf,
  progressing,
  type Rule,
  suspended,
  textOf,
} from "./health.ts";
import { promoter } from "./promoter.ts";

/** Kinds and groups whose status follows no convention, or one of its own. Keep it small. */
export const byKind: Rule = (object, related) => {
  const { group } = groupVersion(object.apiVersion);
  const rule = Object.hasOwn(TABLE, `${group}/${object.kind}`) ? TABLE[`${group}/${object.kind}`] : undefined;
  if (rule) return rule(object, related);
  return GROUP_RULES.find(([pattern]) => pattern.test(group))?.[1](object, related);
};

/** Crossplane: what is Synced and not Ready yet is being made. */
const crossplane: Rule = (object) => {
  const conditions = conditionsOf(object);
  const synced = findCondition(conditions, "Synced");
  const ready = findCondition(conditions, "Ready");
  if (synced?.status !== "True" || ready?.status === "True") return undefined;
  return progressing(ready ? describe(ready) : "It is synced and has not said that it is ready.");
};

const GLOO: Record<string, Health["status"]> = {
  "0": "Suspended",
  Pending: "Suspended",
  "1": "Healthy",
  Accepted: "Healthy",
  "2": "Degraded",
  Rejected: "Degraded",
  "3": "Degraded",
  Warning: "Degraded",
};

/** Gloo: a state by name or number, once per reporting controller or once for all. */
const gloo: Rule = (object) => {
  const status = mapOf(object.status);
  const reports = [status, ...Object.values(mapOf(status.statuses)).map(mapOf)];
  for (const { state, reason } of reports) {
    const read = GLOO[textOf(state)];
    if (read) return { status: read, message: textOf(reason) || `Its state is ${textOf(state)}.` };
  }
  return undefined;
};

/** Groups whose every kind ends in Ready. */
const waitsForReady: Rule = (object) =>
  mapsOf(mapOf(object.status).conditions).length > 0 && !findCondition(conditionsOf(object), "Ready")
    ? progressing("It has not reported Ready yet.")
    : undefined;

/** Numaflow: a phase of Paused is at rest, and Numaplane labels an upgrade that has failed. */
const numaflow: Rule = ({ metadata, status }) => {
  const result = textOf(mapOf(metadata?.labels)["numaplane.numaproj.io/progressive-result-state"]);
  if (result === "failed") return degraded("Its progressive upgrade has failed.");
  return mapOf(status).phase === "Paused" ? healthy("It is paused, as its lifecycle says.") : undefined;
};

/** Cluster API: what is not Ready is being made, unless its severity or a failure message says otherwise. */
const clusterApi: Rule = (object) => {
  const ready = findCondition(conditionsOf(object), "Ready");
  const { failureMessage, ready: flag } = mapOf(object.status);
  if (failureMessage || ready?.status !== "False")
    return flag === false && !failureMessage ? progressing("It is not ready.") : undefined;
  const failed = conditionsOf(object).find(
    ({ status, severity }) => status === "False" && severity === "Error",
  );
  return failed ? degraded(describe(failed)) : progressing(describe(ready));
};

/** OpenKruise: replicas that are updated and not available are a failure, once the spec was observed. */
const kruise: Rule = (object) => {
  const status = mapOf(object.status);
  const wanted = status.replicas ?? status.desiredNumberScheduled;
  const up = status.updatedAvailableReplicas ?? status.numberAvailable ?? 0;
  if (typeof wanted !== "number" || typeof up !== "number" || whileSuspended(object, {})) return undefined;
  if (wanted === 0) return progressing("It has no pods yet.");
  if (up < wanted) return degraded(`${up} of ${wanted} pods are updated and available.`);
  const partition = byReplicas(object, {});
  return partition?.status === "Suspended"
    ? partition
    : healthy(`All ${wanted} pods are updated and available.`);
};

const GARDENER: Record<string, Health["status"]> = {
  healthy: "Healthy",
  progressing: "Progressing",
  unhealthy: "Degraded",
  unknown: "Unknown",
};

const GROUP_RULES: [RegExp, Rule][] = [
  [/(^|\.)(crossplane|upbound)\.io$/, crossplane],
  [/(^|\.)gloo\.solo\.io$|^gateway\.solo\.io$/, gloo],
  [/^promoter\.argoproj\.io$/, promoter],
  [/^numaflow\.numaproj\.io$/, numaflow],
  [/(^|\.)cluster\.x-k8s\.io$/, clusterApi],
  [/^karpenter(\.\w+)*\.sh$/, waitsForReady],
];

const TABLE: Record<string, Rule> = {
  "apps.kruise.io/CloneSet": kruise,
  "apps.kruise.io/DaemonSet": kruise,
  "core.gardener.cloud/Shoot": ({ metadata }) => {
    const word = mapOf(metadata?.labels)["shoot.gardener.cloud/status"];
    const status = word === undefined ? undefined : GARDENER[textOf(word)];
    return status && { status, message: `Gardener calls it ${textOf(word)}.` };
  },
  "metrics.keptn.sh/KeptnMetric": ({ status }) => {
    const { value, errMsg } = mapOf(status);
    if (textOf(errMsg)) return degraded(textOf(errMsg));
    return textOf(value) ? healthy(`Its value is ${textOf(value)}.`) : progressing("It has no value yet.");
  },
  "source.toolkit.fluxcd.io/HelmRepository": ({ spec }) =>
    mapOf(spec).type === "oci" ? healthy("A Helm repository of type oci has no status.") : undefined,
  "flink.apache.org/FlinkDeployment": ({ status }) => {
    const job = textOf(mapOf(mapOf(status).jobStatus).state);
    const deployment = textOf(mapOf(status).jobManagerDeploymentStatus);
    if (deployment === "MISSING" && job === "SUSPENDED")
      return healthy("Its job is suspended, as its spec says.");
    return undefined;
  },
  "apps.kruise.io/AdvancedCronJob": ({ spec, status }) => {
    if (mapOf(spec).paused === true) return suspended("Its schedule is paused.");
    if (mapsOf(mapOf(status).active).length > 0) return progressing("A job of it is running.");
    if (!status) return undefined;
    return mapOf(status).lastScheduleTime ? healthy("It has run.") : degraded("It has not been scheduled.");
  },
};
