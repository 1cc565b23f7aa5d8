import type { Json } from "../object.ts";

/** Given out once and kept: an address, a port, a binding. Leaving the field out of Git changes nothing. */
export const ALLOCATED: unique symbol = Symbol("allocated");
/** Worked out from other fields each time; whatever stands there may be what the server worked out. */
export const COMPUTED: unique symbol = Symbol("computed");
/** Worked out from the fields beside it. */
type Worked = (around: { [key: string]: Json }) => Json;

/** What is filled in: a value, or one of the ways above to find it. */
export type Filled = Json | typeof ALLOCATED | typeof COMPUTED | Worked;

/** Always for an image without a tag or with `latest`, IfNotPresent for any other. */
const BY_TAG: Worked = ({ image }) => {
  if (typeof image !== "string" || image.includes("@")) return "IfNotPresent";
  const tag = /:([^/:]+)$/.exec(image)?.[1];
  return tag === undefined || tag === "latest" ? "Always" : "IfNotPresent";
};
/** Ingress, and Egress where the policy has rules for it. */
const BY_EGRESS: Worked = ({ egress }) =>
  Array.isArray(egress) && egress.length > 0 ? ["Ingress", "Egress"] : ["Ingress"];
/** An empty directory where the volume has no other source. */
const BY_SOURCES: Worked = (volume) =>
  Object.keys(volume).every((key) => key === "name" || key === "emptyDir") ? {} : null;

/**
 * What the API server fills in and its OpenAPI does not declare, by Go type and field. From
 * pkg/apis/…/defaults.go of Kubernetes 1.34 to 1.36; symbols stand for values that are not always the same.
 */
const DEFAULTS: Record<string, Record<string, Filled>> = {
  Secret: { type: "Opaque" },
  ServiceSpec: {
    clusterIP: ALLOCATED,
    clusterIPs: ALLOCATED,
    ipFamilies: ALLOCATED,
    ipFamilyPolicy: ALLOCATED,
    healthCheckNodePort: ALLOCATED,
    type: "ClusterIP",
    sessionAffinity: "None",
    internalTrafficPolicy: "Cluster",
    externalTrafficPolicy: "Cluster",
    allocateLoadBalancerNodePorts: true,
    sessionAffinityConfig: COMPUTED,
  },
  ServicePort: { nodePort: ALLOCATED, targetPort: COMPUTED, protocol: "TCP" },
  EndpointPort: { protocol: "TCP", name: "" },
  EndpointSlicePort: { protocol: "TCP", name: "" },
  PodSpec: {
    restartPolicy: "Always",
    terminationGracePeriodSeconds: 30,
    dnsPolicy: "ClusterFirst",
    securityContext: {},
    schedulerName: "default-scheduler",
    enableServiceLinks: true,
    preemptionPolicy: "PreemptLowerPriority",
    priority: ALLOCATED,
    nodeName: ALLOCATED,
    serviceAccount: COMPUTED,
    serviceAccountName: "default",
    hostPID: false,
  },
  Container: {
    terminationMessagePath: "/dev/termination-log",
    terminationMessagePolicy: "File",
    imagePullPolicy: BY_TAG,
    resources: {},
  },
  EphemeralContainer: {
    terminationMessagePath: "/dev/termination-log",
    terminationMessagePolicy: "File",
    imagePullPolicy: BY_TAG,
    resources: {},
  },
  ContainerPort: { protocol: "TCP", hostPort: COMPUTED },
  Probe: { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 },
  HTTPGetAction: { path: "/", scheme: "HTTP" },
  GRPCAction: { service: "" },
  ObjectFieldSelector: { apiVersion: "v1" },
  ResourceFieldSelector: { divisor: "0" },
  Volume: { emptyDir: BY_SOURCES },
  SecretVolumeSource: { defaultMode: 420 },
  ConfigMapVolumeSource: { defaultMode: 420 },
  DownwardAPIVolumeSource: { defaultMode: 420 },
  ProjectedVolumeSource: { defaultMode: 420 },
  ServiceAccountTokenProjection: { expirationSeconds: 3600 },
  HostPathVolumeSource: { type: "" },
  ISCSIVolumeSource: { iscsiInterface: "default" },
  RBDVolumeSource: { pool: "rbd", user: "admin", keyring: "/etc/ceph/keyring" },
  AzureDiskVolumeSource: { cachingMode: "ReadWrite", kind: "Shared", fsType: "ext4", readOnly: false },
  ScaleIOVolumeSource: { storageMode: "ThinProvisioned", fsType: "xfs" },
  TopologySpreadConstraint: { nodeAffinityPolicy: "Honor", nodeTaintsPolicy: "Ignore" },
  PersistentVolumeClaim: { apiVersion: "v1", kind: "PersistentVolumeClaim", status: ALLOCATED },
  PersistentVolumeClaimSpec: {
    volumeMode: "Filesystem",
    volumeName: ALLOCATED,
    storageClassName: COMPUTED,
    dataSourceRef: COMPUTED,
  },
  PersistentVolumeSpec: {
    volumeMode: "Filesystem",
    persistentVolumeReclaimPolicy: "Retain",
    claimRef: ALLOCATED,
    nodeAffinity: COMPUTED,
  },
  NamespaceSpec: { finalizers: ALLOCATED },
  ServiceAccount: { secrets: ALLOCATED },
  DeploymentSpec: { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 },
  DeploymentStrategy: {
    type: "RollingUpdate",
    rollingUpdate: { maxSurge: "25%", maxUnavailable: "25%" },
  },
  RollingUpdateDeployment: { maxSurge: "25%", maxUnavailable: "25%" },
  ReplicaSetSpec: { replicas: 1 },
  ReplicationControllerSpec: { replicas: 1, selector: ALLOCATED },
  DaemonSetSpec: { revisionHistoryLimit: 10 },
  DaemonSetUpdateStrategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
  RollingUpdateDaemonSet: { maxSurge: 0, maxUnavailable: 1 },
  StatefulSetSpec: {
    replicas: 1,
    revisionHistoryLimit: 10,
    podManagementPolicy: "OrderedReady",
    persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
  },
  StatefulSetUpdateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 0 } },
  RollingUpdateStatefulSetStrategy: { partition: 0, maxUnavailable: 1 },
  StatefulSetPersistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
  JobSpec: {
    completions: 1,
    parallelism: 1,
    backoffLimit: 6,
    completionMode: "NonIndexed",
    suspend: false,
    manualSelector: ALLOCATED,
    selector: ALLOCATED,
    podReplacementPolicy: COMPUTED,
  },
  PodFailurePolicyOnPodConditionsPattern: { status: "True" },
  CronJobSpec: {
    concurrencyPolicy: "Allow",
    suspend: false,
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 1,
  },
  HorizontalPodAutoscalerSpec: { minReplicas: 1, metrics: COMPUTED, behavior: COMPUTED },
  HPAScalingRules: { selectPolicy: "Max", policies: COMPUTED, stabilizationWindowSeconds: COMPUTED },
  NetworkPolicySpec: { policyTypes: BY_EGRESS, podSelector: {} },
  NetworkPolicyPort: { protocol: "TCP" },
  IngressSpec: { ingressClassName: COMPUTED },
  IngressClassParametersReference: { scope: "Cluster" },
  RoleRef: { apiGroup: "rbac.authorization.k8s.io" },
  Subject: { apiGroup: COMPUTED },
  ValidatingWebhook: webhook(),
  MutatingWebhook: { ...webhook(), reinvocationPolicy: "Never" },
  RuleWithOperations: { scope: "*" },
  NamedRuleWithOperations: { scope: "*" },
  ServiceReference: { port: 443 },
  WebhookClientConfig: { caBundle: ALLOCATED },
  ValidatingAdmissionPolicySpec: { failurePolicy: "Fail" },
  MutatingAdmissionPolicySpec: { failurePolicy: "Fail" },
  MatchResources: { matchPolicy: "Equivalent", namespaceSelector: {}, objectSelector: {} },
  StorageClass: { reclaimPolicy: "Delete", volumeBindingMode: "Immediate" },
  CSIDriverSpec: {
    attachRequired: true,
    podInfoOnMount: false,
    storageCapacity: false,
    fsGroupPolicy: "ReadWriteOnceWithFSType",
    volumeLifecycleModes: ["Persistent"],
    requiresRepublish: false,
    seLinuxMount: false,
  },
  PriorityClass: { preemptionPolicy: "PreemptLowerPriority" },
  CustomResourceDefinitionSpec: { conversion: { strategy: "None" } },
  CustomResourceConversion: { strategy: "None" },
  CustomResourceDefinitionNames: {
    singular: ({ kind }) => String(kind).toLowerCase(),
    listKind: ({ kind }) => `${String(kind)}List`,
  },
  APIServiceSpec: { caBundle: ALLOCATED },
  LimitRangeItem: { default: COMPUTED, defaultRequest: COMPUTED },
  ResourceRequirements: { requests: COMPUTED },
  FlowSchemaSpec: { matchingPrecedence: 1000 },
  LimitedPriorityLevelConfiguration: { nominalConcurrencyShares: 30, lendablePercent: 0 },
  ExactDeviceRequest: { allocationMode: "ExactCount", count: 1 },
  DeviceSubRequest: { allocationMode: "ExactCount", count: 1 },
  DeviceToleration: { operator: "Equal" },
  DeviceTaint: { timeAdded: COMPUTED },
  QueuingConfiguration: { queues: 64, handSize: 8, queueLengthLimit: 50 },
};

function webhook(): Record<string, Json> {
  return {
    failurePolicy: "Fail",
    matchPolicy: "Equivalent",
    namespaceSelector: {},
    objectSelector: {},
    timeoutSeconds: 10,
  };
}

/** What the server fills into a built-in type's field; `undefined` where it fills in nothing. */
export function serverDefault(type: string, field: string): Filled | undefined {
  const fields = Object.hasOwn(DEFAULTS, type) ? DEFAULTS[type] : undefined;
  return fields && Object.hasOwn(fields, field) ? fields[field] : undefined;
}
