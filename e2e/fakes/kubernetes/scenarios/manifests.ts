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
  richContainer,
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
  "a Pod for a scheduler of its own": [
    "api/v1/pods",
    named("v1", "Pod", "lone", {
      spec: {
        schedulerName: "nobody",
        automountServiceAccountToken: false,
        containers: [{ ...container, resources: { limits: { cpu: "1.5", memory: "1e3" } } }],
        ephemeralContainers: [],
        securityContext: { fsGroup: 0, runAsNonRoot: false },
      },
    }),
  ],
  "a ReplicaSet nobody can schedule": [
    `${APPS}/replicasets`,
    named("apps/v1", "ReplicaSet", "set", {
      spec: {
        replicas: 0,
        selector: { matchExpressions: [{ key: "app", operator: "In", values: ["web"] }] },
        template: { metadata: { labels }, spec: { containers: [container] } },
      },
    }),
  ],
  "a Lease": [
    "apis/coordination.k8s.io/v1/leases",
    named("coordination.k8s.io/v1", "Lease", "lock", {
      spec: { holderIdentity: "a", leaseDurationSeconds: 15, renewTime: "2026-01-02T03:04:05.000006Z" },
    }),
  ],
  "an EndpointSlice": [
    "apis/discovery.k8s.io/v1/endpointslices",
    named("discovery.k8s.io/v1", "EndpointSlice", "slice", {
      addressType: "IPv4",
      endpoints: [{ addresses: ["10.1.2.3"], conditions: { ready: true } }],
      ports: [{ port: 80 }],
    }),
  ],
  "a PodTemplate": [
    "api/v1/podtemplates",
    named("v1", "PodTemplate", "form", {
      template: { metadata: { labels }, spec: { containers: [richContainer] } } as unknown as JsonMap,
    }),
  ],
  "a ControllerRevision": [
    `${APPS}/controllerrevisions`,
    named("apps/v1", "ControllerRevision", "first", { revision: 1, data: { any: { thing: ["x"] } } }),
  ],
  "a HorizontalPodAutoscaler of nothing but a target": [
    "apis/autoscaling/v2/horizontalpodautoscalers",
    named("autoscaling/v2", "HorizontalPodAutoscaler", "bare", {
      spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "none" } },
    }),
  ],
  "an Ingress with everything": [
    "apis/networking.k8s.io/v1/ingresses",
    named("networking.k8s.io/v1", "Ingress", "full", {
      spec: {
        ingressClassName: "nginx",
        defaultBackend: { service: { name: "web", port: { name: "http" } } },
        tls: [{ hosts: ["a.example", "b.example"], secretName: "tls" }],
        rules: [{ host: "a.example" }],
      },
    }),
  ],
  "a CronJob with a zone and limits": [
    "apis/batch/v1/cronjobs",
    named("batch/v1", "CronJob", "zoned", {
      spec: {
        schedule: "0 0 31 2 *",
        timeZone: "Europe/Berlin",
        startingDeadlineSeconds: 0,
        successfulJobsHistoryLimit: 0,
        concurrencyPolicy: "Forbid",
        jobTemplate: {
          metadata: { labels },
          spec: {
            backoffLimit: 0,
            ttlSecondsAfterFinished: 0,
            template: { spec: { restartPolicy: "Never", containers: [container] } },
          },
        },
      },
    }),
  ],
  "a Service for a load balancer": [
    "api/v1/services",
    named("v1", "Service", "outside", {
      spec: {
        type: "LoadBalancer",
        allocateLoadBalancerNodePorts: false,
        externalTrafficPolicy: "Cluster",
        sessionAffinity: "ClientIP",
        loadBalancerSourceRanges: ["10.0.0.0/8"],
        ports: [{ port: 443, appProtocol: "https", targetPort: 8443 }],
      },
    }),
  ],
  "a Deployment with everything else": [
    DEPLOYMENTS,
    deployment({
      strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      revisionHistoryLimit: 0,
      template: {
        metadata: { labels, annotations: { a: "" } },
        spec: {
          containers: [
            {
              ...container,
              image: "registry.example:5000/a/b",
              imagePullPolicy: "Never",
              envFrom: [
                { configMapRef: { name: "c", optional: true } },
                { prefix: "P_", secretRef: { name: "s" } },
              ],
              lifecycle: {
                preStop: { exec: { command: ["sleep", "1"] } },
                postStart: { httpGet: { port: "http" } },
              },
              startupProbe: { grpc: { port: 1 }, failureThreshold: 30, terminationGracePeriodSeconds: 1 },
              livenessProbe: { exec: { command: ["true"] }, initialDelaySeconds: 0 },
              volumeMounts: [
                { name: "v", mountPath: "/a" },
                { name: "v", mountPath: "/b", subPath: "b", readOnly: false },
              ],
              resources: {
                requests: { cpu: "0.1", memory: "128974848" },
                limits: { "ephemeral-storage": "2G", memory: "129M" },
                claims: [],
              },
              stdin: true,
            },
          ],
          volumes: [
            { name: "v", persistentVolumeClaim: { claimName: "c" } },
            { name: "e", emptyDir: { medium: "Memory", sizeLimit: "0.5Gi" } },
            {
              name: "d",
              downwardAPI: { items: [{ path: "l", fieldRef: { fieldPath: "metadata.labels" } }] },
            },
            { name: "s", secret: { secretName: "s", optional: false, items: [{ key: "k", path: "p" }] } },
            {
              name: "g",
              ephemeral: {
                volumeClaimTemplate: {
                  spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
                },
              },
            },
          ],
          hostAliases: [{ ip: "1.2.3.4", hostnames: ["a"] }],
          dnsConfig: { options: [{ name: "ndots", value: "1" }] },
          readinessGates: [{ conditionType: "a/b" }],
          serviceAccountName: "robot",
          priorityClassName: "",
          shareProcessNamespace: false,
          terminationGracePeriodSeconds: 0,
          enableServiceLinks: false,
          tolerations: [{ operator: "Exists", tolerationSeconds: 0, effect: "NoExecute" }],
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: "zone",
              whenUnsatisfiable: "DoNotSchedule",
              labelSelector: { matchLabels: labels },
              minDomains: 2,
            },
          ],
        },
      },
    }),
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
