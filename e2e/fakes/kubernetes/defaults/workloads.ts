import { isMap, type JsonMap, listAt, mapAt, textAt } from "../json.ts";
import { type Defaulter, isMissing, setMissing } from "./set.ts";

/** Where a DaemonSet keeps how often its template has changed. */
export const TEMPLATE_GENERATION = "deprecated.daemonset.template.generation";

const withSpec =
  (fill: (spec: JsonMap, object: JsonMap) => void): Defaulter =>
  (object) => {
    const spec = mapAt(object, "spec");
    if (spec) fill(spec, object);
  };

/** Sets fields below a struct that defaulting itself creates. */
function below(parent: JsonMap, key: string, defaults: JsonMap): void {
  const value = mapAt(parent, key) ?? {};
  parent[key] = value;
  setMissing(value, defaults);
}

const deployment = withSpec((spec) => {
  setMissing(spec, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 });
  below(spec, "strategy", { type: "RollingUpdate" });
  const strategy = spec.strategy as JsonMap;
  if (strategy.type === "RollingUpdate")
    below(strategy, "rollingUpdate", { maxUnavailable: "25%", maxSurge: "25%" });
});

const daemonSet = withSpec((spec, object) => {
  const metadata = mapAt(object, "metadata");
  if (metadata) below(metadata, "annotations", { [TEMPLATE_GENERATION]: "1" });
  setMissing(spec, { revisionHistoryLimit: 10 });
  below(spec, "updateStrategy", { type: "RollingUpdate" });
  const strategy = spec.updateStrategy as JsonMap;
  if (strategy.type === "RollingUpdate") below(strategy, "rollingUpdate", { maxUnavailable: 1, maxSurge: 0 });
});

const statefulSet = withSpec((spec) => {
  setMissing(spec, { podManagementPolicy: "OrderedReady", replicas: 1, revisionHistoryLimit: 10 });
  const strategy = mapAt(spec, "updateStrategy") ?? {};
  spec.updateStrategy = strategy;
  if (isMissing(strategy.type)) {
    strategy.type = "RollingUpdate";
    strategy.rollingUpdate = mapAt(strategy, "rollingUpdate") ?? {};
  }
  const rolling = mapAt(strategy, "rollingUpdate");
  if (strategy.type === "RollingUpdate" && rolling) setMissing(rolling, { partition: 0 });
  for (const claim of listAt(spec, "volumeClaimTemplates")) {
    if (isMap(claim)) setMissing(claim, { kind: "PersistentVolumeClaim", apiVersion: "v1" });
  }
  below(spec, "persistentVolumeClaimRetentionPolicy", { whenDeleted: "Retain", whenScaled: "Retain" });
});

const job: Defaulter = withSpec((spec, object) => {
  if (isMissing(spec.completions) && isMissing(spec.parallelism)) spec.completions = 1;
  setMissing(spec, {
    parallelism: 1,
    backoffLimit: isMissing(spec.backoffLimitPerIndex) ? 6 : 2147483647,
    completionMode: "NonIndexed",
    suspend: false,
    manualSelector: false,
    podReplacementPolicy: mapAt(spec, "podFailurePolicy") ? "Failed" : "TerminatingOrFailed",
  });
  const labels = mapAt(spec, "template", "metadata", "labels");
  const metadata = mapAt(object, "metadata");
  if (labels && metadata && !mapAt(metadata, "labels")) metadata.labels = { ...labels };
});

const scaleUp = {
  stabilizationWindowSeconds: 0,
  selectPolicy: "Max",
  policies: [
    { type: "Pods", value: 4, periodSeconds: 15 },
    { type: "Percent", value: 100, periodSeconds: 15 },
  ],
};
const scaleDown = { selectPolicy: "Max", policies: [{ type: "Percent", value: 100, periodSeconds: 15 }] };

const autoscaler = withSpec((spec) => {
  setMissing(spec, { minReplicas: 1 });
  if (listAt(spec, "metrics").length === 0) {
    const target = { type: "Utilization", averageUtilization: 80 };
    spec.metrics = [{ type: "Resource", resource: { name: "cpu", target } }];
  }
  const behavior = mapAt(spec, "behavior");
  if (!behavior) return;
  below(behavior, "scaleUp", scaleUp);
  below(behavior, "scaleDown", scaleDown);
});

/** Defaults of apps, batch and autoscaling (pkg/apis/<group>/<version>/defaults.go), by definition. */
export const WORKLOAD_DEFAULTS: Record<string, Defaulter> = {
  "api.apps.v1.Deployment": deployment,
  "api.apps.v1.DaemonSet": daemonSet,
  "api.apps.v1.StatefulSet": statefulSet,
  "api.apps.v1.ReplicaSet": withSpec((spec) => setMissing(spec, { replicas: 1 })),
  "api.batch.v1.Job": job,
  "api.batch.v1.CronJob": withSpec((spec) =>
    setMissing(spec, {
      concurrencyPolicy: "Allow",
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
    }),
  ),
  "api.autoscaling.v2.HorizontalPodAutoscaler": autoscaler,
  "api.autoscaling.v1.HorizontalPodAutoscaler": withSpec((spec) => setMissing(spec, { minReplicas: 1 })),
  "api.batch.v1.PodFailurePolicyOnPodConditionsPattern": (pattern) => {
    if (isMap(pattern) && !textAt(pattern, "status")) pattern.status = "True";
  },
};
