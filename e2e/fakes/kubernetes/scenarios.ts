import type { JsonMap } from "./json.ts";

/** One request of a scenario; paths are below the scenario's own namespace unless they start with `/`. */
export interface Step {
  verb: "POST" | "PUT" | "GET" | "DELETE" | "PATCH";
  path: string;
  body?: unknown;
  contentType?: string;
  userAgent?: string;
}

const APPS = "apis/apps/v1";
const MERGE = "application/merge-patch+json";
const STRATEGIC = "application/strategic-merge-patch+json";
const JSON_PATCH = "application/json-patch+json";
const APPLY = "application/apply-patch+yaml";

const create = (path: string, body: unknown, userAgent?: string): Step => ({
  verb: "POST",
  path,
  body,
  ...(userAgent && { userAgent }),
});
const apply = (path: string, body: unknown, manager = "plumbline", query = ""): Step => ({
  verb: "PATCH",
  path: `${path}?fieldManager=${manager}${query}`,
  body,
  contentType: APPLY,
});
const patch = (path: string, body: unknown, contentType = MERGE, userAgent = "kubectl-patch/1.0"): Step => ({
  verb: "PATCH",
  path,
  body,
  contentType,
  userAgent,
});
const get = (path: string): Step => ({ verb: "GET", path });
const remove = (path: string, body?: unknown): Step => ({
  verb: "DELETE",
  path,
  ...(body !== undefined && { body }),
});

const named = (
  apiVersion: string,
  kind: string,
  name: string,
  rest: JsonMap = {},
  metadata: JsonMap = {},
): JsonMap => ({
  apiVersion,
  kind,
  metadata: { name, ...metadata },
  ...rest,
});

const labels = { app: "web" };
const container = { name: "web", image: "registry.example/web:1.0" };
// Paused and without replicas: controllers leave the object alone while it is compared.
const deployment = (spec: JsonMap = {}, containers: unknown = [container], metadata: JsonMap = {}): JsonMap =>
  named(
    "apps/v1",
    "Deployment",
    "web",
    {
      spec: {
        paused: true,
        replicas: 0,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers } as JsonMap },
        ...spec,
      },
    },
    metadata,
  );
const configMap = (data: JsonMap, metadata: JsonMap = {}): JsonMap =>
  named("v1", "ConfigMap", "settings", { data }, metadata);

const richContainer = {
  ...container,
  command: ["run"],
  args: [],
  env: [
    { name: "PLAIN", value: "x" },
    { name: "EMPTY", value: "" },
    { name: "SECRET", valueFrom: { secretKeyRef: { name: "s", key: "k", optional: false } } },
    { name: "IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
  ],
  ports: [{ containerPort: 80 }, { containerPort: 443, name: "tls" }, { containerPort: 53, protocol: "UDP" }],
  resources: { requests: { cpu: "1000m", memory: "0.5Gi" }, limits: { cpu: 2, memory: "1024Mi" } },
  livenessProbe: { httpGet: { path: "/healthz", port: 80 } },
  readinessProbe: { tcpSocket: { port: "tls" }, periodSeconds: 5 },
  securityContext: { readOnlyRootFilesystem: false, runAsUser: 0, capabilities: { drop: ["ALL"] } },
  volumeMounts: [{ name: "config", mountPath: "/etc/web" }],
  tty: false,
};
const richPodSpec = {
  containers: [richContainer, { name: "side", image: "side" }],
  initContainers: [
    { name: "init", image: "init@sha256:0000000000000000000000000000000000000000000000000000000000000000" },
  ],
  volumes: [
    { name: "config", configMap: { name: "settings" } },
    { name: "scratch" },
    { name: "host", hostPath: { path: "/var" } },
    {
      name: "all",
      projected: { sources: [{ serviceAccountToken: { path: "t" } }, { secret: { name: "s" } }] },
    },
  ],
  tolerations: [{ key: "a", operator: "Exists" }],
  nodeSelector: {},
  affinity: {
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 1, podAffinityTerm: { topologyKey: "zone", labelSelector: { matchLabels: labels } } },
      ],
    },
  },
  topologySpreadConstraints: [
    {
      maxSkew: 1,
      topologyKey: "zone",
      whenUnsatisfiable: "ScheduleAnyway",
      labelSelector: { matchLabels: labels },
    },
  ],
  hostNetwork: false,
  imagePullSecrets: [{ name: "pull" }],
};

const DEPLOYMENT = `${APPS}/deployments/web`;
const DEPLOYMENTS = `${APPS}/deployments`;
const SETTINGS = "api/v1/configmaps/settings";

const ingress = named("networking.k8s.io/v1", "Ingress", "web", {
  spec: {
    rules: [
      {
        host: "web.example",
        http: {
          paths: [
            { path: "/", pathType: "Prefix", backend: { service: { name: "web", port: { number: 80 } } } },
          ],
        },
      },
    ],
  },
});

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

function everyManifest(): Record<string, Step[]> {
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

const ownership: Record<string, Step[]> = {
  "two appliers of different fields": [
    apply(SETTINGS, configMap({ a: "1" }), "one"),
    apply(SETTINGS, configMap({ b: "2" }), "two"),
    apply(SETTINGS, configMap({}), "one"),
    get(SETTINGS),
  ],
  "a conflict, a shared value, and force": [
    apply(SETTINGS, configMap({ a: "1", b: "1" }), "one"),
    apply(SETTINGS, configMap({ a: "2", b: "2" }), "two"),
    apply(SETTINGS, configMap({ a: "1" }), "two"),
    apply(SETTINGS, configMap({ a: "3" }), "two", "&force=true"),
    apply(SETTINGS, configMap({ a: "1", b: "1" }), "one"),
    get(SETTINGS),
  ],
  "a hand edit takes a field": [
    apply(DEPLOYMENT, deployment()),
    patch(
      DEPLOYMENT,
      { spec: { minReadySeconds: 5, template: { spec: { terminationGracePeriodSeconds: 5 } } } },
      MERGE,
      "kubectl-edit/v1",
    ),
    patch(
      DEPLOYMENT,
      { spec: { template: { spec: { containers: [{ name: "web", image: "other:2" }] } } } },
      STRATEGIC,
      "kubectl-set/v1",
    ),
    apply(DEPLOYMENT, deployment()),
    apply(DEPLOYMENT, deployment(), "plumbline", "&force=true"),
  ],
  "a dry run changes nothing": [
    apply(DEPLOYMENT, deployment(), "plumbline", "&dryRun=All"),
    get(DEPLOYMENT),
    apply(DEPLOYMENT, deployment()),
    apply(DEPLOYMENT, deployment({ minReadySeconds: 9 }), "plumbline", "&dryRun=All"),
    get(DEPLOYMENT),
  ],
  "list items come and go": [
    apply(DEPLOYMENT, deployment({}, [container, { name: "side", image: "side:1" }])),
    apply(DEPLOYMENT, deployment({}, [{ name: "third", image: "third:1" }]), "other"),
    apply(DEPLOYMENT, deployment({}, [container])),
    apply(
      DEPLOYMENT,
      deployment({}, [
        {
          ...container,
          env: [
            { name: "A", value: "1" },
            { name: "B", value: "2" },
          ],
        },
      ]),
    ),
    apply(DEPLOYMENT, deployment({}, [{ ...container, env: [{ name: "B", value: "2" }] }])),
    get(DEPLOYMENT),
  ],
  "order of list items follows the applier": [
    apply(
      DEPLOYMENT,
      deployment({}, [
        {
          ...container,
          env: [
            { name: "A", value: "1" },
            { name: "B", value: "2" },
          ],
        },
      ]),
    ),
    patch(
      DEPLOYMENT,
      [{ op: "add", path: "/spec/template/spec/containers/0/env/0", value: { name: "Z", value: "0" } }],
      JSON_PATCH,
      "hand/1",
    ),
    apply(
      DEPLOYMENT,
      deployment({}, [
        {
          ...container,
          env: [
            { name: "B", value: "2" },
            { name: "C", value: "3" },
            { name: "A", value: "1" },
          ],
        },
      ]),
    ),
  ],
  "finalizers are a set, and atomic things are whole": [
    apply(SETTINGS, configMap({}, { finalizers: ["example.com/a"] }), "one"),
    apply(SETTINGS, configMap({}, { finalizers: ["example.com/b"] }), "two"),
    apply(SETTINGS, configMap({}, { finalizers: [] }), "two"),
    apply(SETTINGS, configMap({}), "one"),
  ],
  "an update and a client that empties managedFields": [
    create("api/v1/configmaps", configMap({ a: "1" }), "first/1"),
    patch(SETTINGS, { data: { b: "2" } }, MERGE, "second/1"),
    patch(SETTINGS, { data: { a: null } }, MERGE, "second/1"),
    patch(SETTINGS, { metadata: { managedFields: [{}] } }, MERGE, "third/1"),
    patch(SETTINGS, { data: { c: "3" } }, MERGE, "fourth/1"),
    apply(SETTINGS, configMap({ c: "3" }), "fifth"),
    get(SETTINGS),
  ],
  "scaling through the scale endpoint": [
    create(
      `${APPS}/replicasets`,
      named("apps/v1", "ReplicaSet", "web", {
        spec: {
          replicas: 0,
          selector: { matchLabels: labels },
          template: {
            metadata: { labels },
            spec: { nodeSelector: { never: "here" }, containers: [container] },
          },
        },
      }),
    ),
    apply(DEPLOYMENT, deployment()),
    get(`${DEPLOYMENT}/scale`),
    patch(`${DEPLOYMENT}/scale`, { spec: { replicas: 2 } }, MERGE, "kubectl/v1 (linux)"),
    get(DEPLOYMENT),
    apply(DEPLOYMENT, deployment()),
    apply(DEPLOYMENT, deployment(), "plumbline", "&force=true"),
  ],
  "kubectl's client-side apply turns into server-side apply": [
    create(
      "api/v1/configmaps?fieldManager=kubectl-client-side-apply",
      configMap(
        { a: "1" },
        {
          annotations: {
            "kubectl.kubernetes.io/last-applied-configuration": JSON.stringify({
              apiVersion: "v1",
              kind: "ConfigMap",
              metadata: { name: "settings" },
              data: { a: "1" },
            }),
          },
        },
      ),
    ),
    apply(SETTINGS, configMap({ a: "2" }), "kubectl"),
    apply(SETTINGS, configMap({ a: "3" }), "other"),
    get(SETTINGS),
  ],
};

const refusals: Record<string, Step[]> = {
  "names, kinds and versions that do not fit": [
    create("api/v1/configmaps", configMap({}, { name: "Not_A_Name" })),
    create("api/v1/configmaps", named("v1", "ConfigMap", "")),
    create("api/v1/services", named("v1", "Service", "1web", { spec: { ports: [{ port: 80 }] } })),
    create("api/v1/configmaps", configMap({}, { namespace: "elsewhere" })),
    create(DEPLOYMENTS, configMap({})),
    apply(SETTINGS, configMap({}, { name: "another" })),
    apply(SETTINGS, deployment()),
    apply(SETTINGS, configMap({}), ""),
    get("api/v1/configmaps/none"),
    get("api/v1/nothings"),
    remove("api/v1/configmaps/none"),
    patch("api/v1/configmaps/none", { data: {} }),
  ],
  "create twice": [create("api/v1/configmaps", configMap({})), create("api/v1/configmaps", configMap({}))],
  "optimistic concurrency": [
    create("api/v1/configmaps", configMap({ a: "1" })),
    patch(SETTINGS, { metadata: { resourceVersion: "1" }, data: { a: "2" } }),
    {
      verb: "PUT",
      path: SETTINGS,
      body: configMap({ a: "2" }, { resourceVersion: "1" }),
      userAgent: "put/1",
    },
    { verb: "PUT", path: SETTINGS, body: configMap({ a: "2" }), userAgent: "put/1" },
    remove(SETTINGS, { preconditions: { uid: "not-this-one" } }),
    remove(SETTINGS),
    get(SETTINGS),
  ],
  "fields that do not exist": [
    create(`${DEPLOYMENTS}?fieldValidation=Strict`, deployment({ replica: 1 })),
    create(
      `${DEPLOYMENTS}?fieldValidation=Strict`,
      '{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web"},"spec":{"paused":true,"paused":false}}',
    ),
    create(`${DEPLOYMENTS}?fieldValidation=Ignore&dryRun=All`, deployment({ replica: 1 })),
    apply(DEPLOYMENT, deployment({ replica: 1 })),
    apply(DEPLOYMENT, deployment({}, [container, container])),
    apply(DEPLOYMENT, deployment({ replicas: "three" })),
    create(DEPLOYMENTS, deployment({ replicas: "three" })),
    create(DEPLOYMENTS, deployment()),
    patch(`${DEPLOYMENT}?fieldValidation=Strict`, { spec: { replica: 2 } }),
    patch(DEPLOYMENT, { spec: { replicas: -1 } }),
  ],
  "what validation refuses": [
    create(
      DEPLOYMENTS,
      named("apps/v1", "Deployment", "web", {
        spec: {
          selector: { matchLabels: labels },
          template: { metadata: { labels: { app: "other" } }, spec: { containers: [container] } },
        },
      }),
    ),
    create(DEPLOYMENTS, deployment({}, [])),
    create(DEPLOYMENTS, deployment()),
    patch(DEPLOYMENT, {
      spec: {
        selector: { matchLabels: { app: "changed" } },
        template: { metadata: { labels: { app: "changed" } } },
      },
    }),
    create("api/v1/configmaps", named("v1", "ConfigMap", "settings", { data: { a: "1" }, immutable: true })),
    patch(SETTINGS, { data: { a: "2" } }),
    create(
      "apis/rbac.authorization.k8s.io/v1/rolebindings",
      named("rbac.authorization.k8s.io/v1", "RoleBinding", "b", {
        roleRef: { kind: "Role", name: "a", apiGroup: "rbac.authorization.k8s.io" },
      }),
    ),
    patch("apis/rbac.authorization.k8s.io/v1/rolebindings/b", { roleRef: { name: "c" } }),
  ],
  deletes: [
    create("api/v1/configmaps", configMap({}, { finalizers: ["example.com/hold"] })),
    remove(SETTINGS),
    get(SETTINGS),
    patch(SETTINGS, { metadata: { finalizers: null } }),
    get(SETTINGS),
    create(
      "api/v1/services",
      named("v1", "Service", "web", { spec: { clusterIP: "None", selector: labels } }),
    ),
    remove("api/v1/services/web"),
  ],
  "patches of every kind": [
    create(
      DEPLOYMENTS,
      deployment({}, [container, { name: "side", image: "side:1", env: [{ name: "A", value: "1" }] }]),
    ),
    patch(
      DEPLOYMENT,
      { spec: { template: { spec: { containers: [{ name: "side", env: [{ name: "B", value: "2" }] }] } } } },
      STRATEGIC,
    ),
    patch(
      DEPLOYMENT,
      { spec: { template: { spec: { containers: [{ name: "web", $patch: "delete" }] } } } },
      STRATEGIC,
    ),
    patch(DEPLOYMENT, { spec: { strategy: { $retainKeys: ["type"], type: "Recreate" } } }, STRATEGIC),
    patch(
      DEPLOYMENT,
      [
        { op: "replace", path: "/spec/replicas", value: 0 },
        { op: "test", path: "/spec/paused", value: true },
        { op: "add", path: "/metadata/labels", value: { a: "b" } },
      ],
      JSON_PATCH,
    ),
    patch(DEPLOYMENT, [{ op: "remove", path: "/spec/none" }], JSON_PATCH),
    patch(DEPLOYMENT, { metadata: { labels: { a: null }, annotations: { c: "d" } } }),
    patch(DEPLOYMENT, {}, "application/unheard-of"),
  ],
};

/** Requests whose answers a real kube-apiserver and the simulated one must agree on. */
export const scenarios: Record<string, Step[]> = { ...ownership, ...refusals, ...everyManifest() };
