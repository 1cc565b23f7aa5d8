import type { JsonMap } from "../json.ts";
import {
  APPS,
  apply,
  configMap,
  container,
  create,
  DEPLOYMENTS,
  deployment,
  get,
  ingress,
  labels,
  named,
  richPodSpec,
  type Step,
} from "./step.ts";

/** Objects of many kinds: applied, then created in another way, they must come back alike from both servers. */
const manifests: Record<string, [path: string, body: JsonMap]> = {
  "a plain Deployment": [DEPLOYMENTS, deployment()],
  "a Deployment with everything in its pods": [
    DEPLOYMENTS,
    deployment({ template: { metadata: { labels }, spec: richPodSpec as unknown as JsonMap } }),
  ],
  "a Deployment that recreates": [
    DEPLOYMENTS,
    deployment({ strategy: { type: "Recreate" }, minReadySeconds: 0, progressDeadlineSeconds: 30 }),
  ],
  "a Service": [
    "api/v1/services",
    named("v1", "Service", "web", { spec: { selector: labels, ports: [{ port: 80 }] } }),
  ],
  "a Service with named ports": [
    "api/v1/services",
    named("v1", "Service", "web", {
      spec: {
        type: "NodePort",
        selector: labels,
        ports: [
          { name: "a", port: 80, targetPort: "http" },
          { name: "b", port: 53, protocol: "UDP" },
        ],
      },
    }),
  ],
  "a headless Service": [
    "api/v1/services",
    named("v1", "Service", "web", {
      spec: { clusterIP: "None", selector: labels, publishNotReadyAddresses: true },
    }),
  ],
  "an ExternalName Service": [
    "api/v1/services",
    named("v1", "Service", "web", { spec: { type: "ExternalName", externalName: "example.com" } }),
  ],
  "a ConfigMap": ["api/v1/configmaps", configMap({ a: "1", b: "" }, { labels: { x: "y" }, annotations: {} })],
  "a ConfigMap without data": ["api/v1/configmaps", named("v1", "ConfigMap", "settings", { data: {} })],
  "a binary ConfigMap": [
    "api/v1/configmaps",
    named("v1", "ConfigMap", "settings", { binaryData: { a: "AAE=" }, immutable: false }),
  ],
  "a Secret from text": ["api/v1/secrets", named("v1", "Secret", "keys", { stringData: { a: "b" } })],
  "a Secret from data": [
    "api/v1/secrets",
    named("v1", "Secret", "keys", { data: { a: "Yg==" }, type: "Opaque" }),
  ],
  "a ServiceAccount": [
    "api/v1/serviceaccounts",
    named("v1", "ServiceAccount", "robot", {
      automountServiceAccountToken: false,
      imagePullSecrets: [{ name: "p" }],
    }),
  ],
  "a StatefulSet": [
    `${APPS}/statefulsets`,
    named("apps/v1", "StatefulSet", "db", {
      spec: {
        replicas: 0,
        serviceName: "db",
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [container] } },
        volumeClaimTemplates: [
          {
            metadata: { name: "data" },
            spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
          },
        ],
      },
    }),
  ],
  "a DaemonSet": [
    `${APPS}/daemonsets`,
    named("apps/v1", "DaemonSet", "node", {
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: { containers: [container], nodeSelector: { never: "here" } },
        },
      },
    }),
  ],
  "a suspended Job": [
    "apis/batch/v1/jobs",
    named("batch/v1", "Job", "once", {
      spec: { suspend: true, template: { spec: { restartPolicy: "Never", containers: [container] } } },
    }),
  ],
  "a CronJob": [
    "apis/batch/v1/cronjobs",
    named("batch/v1", "CronJob", "often", {
      spec: {
        schedule: "0 0 31 2 *",
        suspend: true,
        jobTemplate: {
          spec: { template: { spec: { restartPolicy: "OnFailure", containers: [container] } } },
        },
      },
    }),
  ],
  "an Ingress": ["apis/networking.k8s.io/v1/ingresses", ingress],
  "a NetworkPolicy": [
    "apis/networking.k8s.io/v1/networkpolicies",
    named("networking.k8s.io/v1", "NetworkPolicy", "deny", {
      spec: {
        podSelector: {},
        egress: [{ ports: [{ port: 53 }], to: [{ ipBlock: { cidr: "10.0.0.0/8" } }] }],
      },
    }),
  ],
  "a PodDisruptionBudget": [
    "apis/policy/v1/poddisruptionbudgets",
    named("policy/v1", "PodDisruptionBudget", "web", {
      spec: { minAvailable: 1, selector: { matchLabels: { none: "such" } } },
    }),
  ],
  "a HorizontalPodAutoscaler": [
    "apis/autoscaling/v2/horizontalpodautoscalers",
    named("autoscaling/v2", "HorizontalPodAutoscaler", "web", {
      spec: {
        maxReplicas: 3,
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "none" },
        metrics: [
          {
            type: "Resource",
            resource: { name: "memory", target: { type: "Utilization", averageUtilization: 60 } },
          },
        ],
        behavior: { scaleDown: { stabilizationWindowSeconds: 10 } },
      },
    }),
  ],
  "a Role": [
    "apis/rbac.authorization.k8s.io/v1/roles",
    named("rbac.authorization.k8s.io/v1", "Role", "reader", {
      rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }],
    }),
  ],
  "a RoleBinding": [
    "apis/rbac.authorization.k8s.io/v1/rolebindings",
    named("rbac.authorization.k8s.io/v1", "RoleBinding", "reader", {
      roleRef: { kind: "Role", name: "reader", apiGroup: "rbac.authorization.k8s.io" },
      subjects: [
        { kind: "ServiceAccount", name: "robot", namespace: "x" },
        { kind: "User", name: "u" },
      ],
    }),
  ],
  "a PersistentVolumeClaim": [
    "api/v1/persistentvolumeclaims",
    named("v1", "PersistentVolumeClaim", "data", {
      spec: {
        storageClassName: "none",
        accessModes: ["ReadWriteOnce"],
        resources: { requests: { storage: "1024Mi" } },
      },
    }),
  ],
  "a LimitRange": [
    "api/v1/limitranges",
    named("v1", "LimitRange", "limits", {
      spec: { limits: [{ type: "Container", max: { cpu: "2000m" }, min: { cpu: "0.1" } }] },
    }),
  ],
  "a ResourceQuota": [
    "api/v1/resourcequotas",
    named("v1", "ResourceQuota", "quota", { spec: { hard: { "count/secrets": "100" } } }),
  ],
};

/** Each manifest applied, created, and applied over what was created. */
export function everyManifest(): Record<string, Step[]> {
  const scenarios: Record<string, Step[]> = {};
  for (const [name, [path, body]] of Object.entries(manifests)) {
    const item = `${path}/${(body.metadata as JsonMap).name}`;
    scenarios[`${name}, applied`] = [
      apply(item, body),
      apply(item, body),
      apply(item, body, "second"),
      get(item),
    ];
    scenarios[`${name}, created`] = [create(path, body, "kubectl/v1 (linux)"), get(item)];
    scenarios[`${name}, applied over a create`] = [create(path, body), apply(item, body)];
  }
  return scenarios;
}
