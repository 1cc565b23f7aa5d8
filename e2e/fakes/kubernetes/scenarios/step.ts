import type { JsonMap } from "../json.ts";

/** One request of a scenario; paths are below the scenario's own namespace unless they start with `/`. */
export interface Step {
  verb: "POST" | "PUT" | "GET" | "DELETE" | "PATCH";
  path: string;
  body?: unknown;
  contentType?: string;
  userAgent?: string;
}

/** Where Deployments and their kin are. */
export const APPS = "apis/apps/v1";
/** JSON merge patch. */
export const MERGE = "application/merge-patch+json";
/** Strategic merge patch. */
export const STRATEGIC = "application/strategic-merge-patch+json";
/** JSON patch. */
export const JSON_PATCH = "application/json-patch+json";
/** Server-side apply. */
export const APPLY = "application/apply-patch+yaml";

/** Creates an object. */
export const create = (path: string, body: unknown, userAgent?: string): Step => ({
  verb: "POST",
  path,
  body,
  ...(userAgent && { userAgent }),
});
/** Applies a configuration as a field manager. */
export const apply = (path: string, body: unknown, manager = "plumbline", query = ""): Step => ({
  verb: "PATCH",
  path: `${path}?fieldManager=${manager}${query}`,
  body,
  contentType: APPLY,
});
/** Patches as a client of that name. */
export const patch = (
  path: string,
  body: unknown,
  contentType = MERGE,
  userAgent = "kubectl-patch/1.0",
): Step => ({
  verb: "PATCH",
  path,
  body,
  contentType,
  userAgent,
});
/** Reads an object. */
export const get = (path: string): Step => ({ verb: "GET", path });
/** Deletes an object. */
export const remove = (path: string, body?: unknown): Step => ({
  verb: "DELETE",
  path,
  ...(body !== undefined && { body }),
});

/** An object of any kind. */
export const named = (
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

/** What every workload here selects by. */
export const labels = { app: "web" };
/** The smallest container. */
export const container = { name: "web", image: "registry.example/web:1.0" };
/** A Deployment that controllers leave alone while it is compared: paused and without replicas. */
export const deployment = (
  spec: JsonMap = {},
  containers: unknown = [container],
  metadata: JsonMap = {},
): JsonMap =>
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
/** The one ConfigMap of a scenario. */
export const configMap = (data: JsonMap, metadata: JsonMap = {}): JsonMap =>
  named("v1", "ConfigMap", "settings", { data }, metadata);

/** A container that uses most of what a container can. */
export const richContainer = {
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
/** A pod that uses most of what a pod can. */
export const richPodSpec = {
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

/** The one Deployment of a scenario. */
export const DEPLOYMENT = `${APPS}/deployments/web`;
/** All Deployments of a scenario. */
export const DEPLOYMENTS = `${APPS}/deployments`;
/** The one ConfigMap of a scenario, by path. */
export const SETTINGS = "api/v1/configmaps/settings";

export const ingress = named("networking.k8s.io/v1", "Ingress", "web", {
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
