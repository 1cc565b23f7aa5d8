import { type DesiredObject, groupVersion, type KubeObject } from "../object.ts";

/**
 * What must be there before what, among the kinds that Kubernetes has; kinds it does not name (custom
 * resources) come between configuration and workloads, which often need what they make.
 */
const WAVES: string[][] = [
  ["Namespace"],
  ["CustomResourceDefinition.apiextensions.k8s.io"],
  [
    "PriorityClass.scheduling.k8s.io",
    "StorageClass.storage.k8s.io",
    "CSIDriver.storage.k8s.io",
    "RuntimeClass.node.k8s.io",
    "IngressClass.networking.k8s.io",
    "GatewayClass.gateway.networking.k8s.io",
    "ResourceQuota",
    "LimitRange",
    "NetworkPolicy.networking.k8s.io",
    "ServiceAccount",
    "ClusterRole.rbac.authorization.k8s.io",
    "Role.rbac.authorization.k8s.io",
    "Secret",
    "ConfigMap",
    "PersistentVolume",
  ],
  [
    "ClusterRoleBinding.rbac.authorization.k8s.io",
    "RoleBinding.rbac.authorization.k8s.io",
    "PersistentVolumeClaim",
    "Service",
    "Endpoints",
    "EndpointSlice.discovery.k8s.io",
  ],
  ["*"],
  [
    "DaemonSet.apps",
    "Deployment.apps",
    "StatefulSet.apps",
    "ReplicaSet.apps",
    "ReplicationController",
    "Pod",
    "Job.batch",
    "CronJob.batch",
  ],
  ["PodDisruptionBudget.policy", "HorizontalPodAutoscaler.autoscaling", "Ingress.networking.k8s.io"],
  ["APIService.apiregistration.k8s.io"],
  [
    "ValidatingAdmissionPolicy.admissionregistration.k8s.io",
    "ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io",
    "MutatingWebhookConfiguration.admissionregistration.k8s.io",
    "ValidatingWebhookConfiguration.admissionregistration.k8s.io",
  ],
];

const rank = new Map(
  WAVES.flatMap((kinds, wave) => kinds.map((kind, position) => [kind, wave * 100 + position] as const)),
);
const unnamed = rank.get("*") ?? 0;

/** The place of a kind in the order of apply; prune goes backwards. */
export function rankOf(kind: { group: string; kind: string }): number {
  return rank.get(kind.group ? `${kind.kind}.${kind.group}` : kind.kind) ?? unnamed;
}

/**
 * Waves in the order of apply: a wave starts when the one before it is done, objects of one wave do not
 * depend on each other. Within a wave by kind, then as Git has them.
 */
export function orderForApply(objects: DesiredObject[]): DesiredObject[][] {
  const waves = Map.groupBy(objects, ({ object }) => Math.floor(rankOf(kindOf(object)) / 100));
  return [...waves.entries()]
    .sort(([a], [b]) => a - b)
    .map(([, wave]) => wave.toSorted((a, b) => rankOf(kindOf(a.object)) - rankOf(kindOf(b.object))));
}

/** Group and kind of an object. */
export function kindOf(object: KubeObject): { group: string; kind: string } {
  return { group: groupVersion(object.apiVersion).group, kind: object.kind };
}

/** A Namespace, of the core group. */
export function isNamespace(kind: { group: string; kind: string }): boolean {
  return kind.group === "" && kind.kind === "Namespace";
}

/** A CustomResourceDefinition. */
export function isCrd(kind: { group: string; kind: string }): boolean {
  return kind.group === "apiextensions.k8s.io" && kind.kind === "CustomResourceDefinition";
}
