import { isMap, type Json, type JsonMap, listAt, mapAt, textAt } from "../json.ts";
import { type Defaulter, isMissing, setMissing } from "./set.ts";

/** The tag an image reference asks for; a digest alone counts as none. */
export function imageTag(image: string): string {
  const [reference = "", digest] = image.split("@");
  const tag = /:([^/:]+)$/.exec(reference)?.[1];
  return tag ?? (digest ? "" : "latest");
}

const pullPolicy = (image: string): string => (imageTag(image) === "latest" ? "Always" : "IfNotPresent");

const container: Defaulter = (c) =>
  setMissing(c, {
    imagePullPolicy: pullPolicy(textAt(c, "image")),
    terminationMessagePath: "/dev/termination-log",
    terminationMessagePolicy: "File",
  });

const MODE_0644 = 420;

const mode: Defaulter = (source) => setMissing(source, { defaultMode: MODE_0644 });

const volume: Defaulter = (v) => {
  const sources = Object.keys(v).filter((key) => key !== "name" && isMap(v[key]));
  if (sources.length === 0) v.emptyDir = {};
  const image = mapAt(v, "image");
  if (image) setMissing(image, { pullPolicy: pullPolicy(textAt(image, "reference")) });
};

const pod: Defaulter = (p) => {
  const spec = mapAt(p, "spec") ?? {};
  for (const c of [...listAt(spec, "containers"), ...listAt(spec, "initContainers")]) {
    const resources = mapAt(c, "resources");
    const limits = mapAt(resources, "limits");
    if (resources && limits) resources.requests = { ...limits, ...mapAt(resources, "requests") };
    if (spec.hostNetwork !== true) continue;
    for (const port of listAt(c, "ports")) {
      if (isMap(port) && !port.hostPort) port.hostPort = port.containerPort ?? 0;
    }
  }
  setMissing(spec, { enableServiceLinks: true });
};

const podSpec: Defaulter = (spec) => {
  // The older name of the field is kept equal to the newer one.
  const account = textAt(spec, "serviceAccountName") || textAt(spec, "serviceAccount");
  if (account) Object.assign(spec, { serviceAccountName: account, serviceAccount: account });
  setMissing(spec, {
    dnsPolicy: "ClusterFirst",
    restartPolicy: "Always",
    securityContext: {},
    terminationGracePeriodSeconds: 30,
    schedulerName: "default-scheduler",
  });
};

const probe: Defaulter = (p) => {
  for (const [key, fallback] of Object.entries({
    timeoutSeconds: 1,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
  })) {
    if (!p[key]) p[key] = fallback;
  }
};

const service: Defaulter = (s) => {
  const spec = mapAt(s, "spec");
  if (!spec) return;
  setMissing(spec, { sessionAffinity: "None", type: "ClusterIP" });
  if (spec.sessionAffinity === "None") delete spec.sessionAffinityConfig;
  else setMissing(spec, { sessionAffinityConfig: { clientIP: { timeoutSeconds: 10800 } } });
  for (const port of listAt(spec, "ports")) {
    if (!isMap(port)) continue;
    setMissing(port, { protocol: "TCP" });
    if (!port.targetPort) port.targetPort = port.port ?? 0;
  }
  const type = textAt(spec, "type");
  const external = ["NodePort", "LoadBalancer"].includes(type);
  if (external || (type === "ClusterIP" && listAt(spec, "externalIPs").length > 0)) {
    setMissing(spec, { externalTrafficPolicy: "Cluster" });
  }
  if (type !== "ExternalName") setMissing(spec, { internalTrafficPolicy: "Cluster" });
  if (type === "LoadBalancer") setMissing(spec, { allocateLoadBalancerNodePorts: true });
};

const namespace: Defaulter = (n) => {
  const metadata = mapAt(n, "metadata");
  const name = textAt(metadata, "name");
  if (metadata && name)
    metadata.labels = { ...mapAt(metadata, "labels"), "kubernetes.io/metadata.name": name };
};

const limitRangeItem: Defaulter = (item) => {
  if (item.type !== "Container") return;
  const fill = (key: string, from: JsonMap | undefined): void => {
    const filled = { ...from, ...mapAt(item, key) };
    if (Object.keys(filled).length > 0) item[key] = filled;
  };
  fill("default", mapAt(item, "max"));
  fill("defaultRequest", mapAt(item, "default"));
  fill("defaultRequest", mapAt(item, "min"));
};

const set =
  (defaults: JsonMap): Defaulter =>
  (value) =>
    setMissing(value, defaults);

const replicationController: Defaulter = (rc) => {
  const spec = mapAt(rc, "spec");
  const labels = mapAt(spec, "template", "metadata", "labels");
  const metadata = mapAt(rc, "metadata");
  if (!spec || !metadata || !labels) return;
  if (isEmpty(spec.selector)) spec.selector = { ...labels };
  if (isEmpty(metadata.labels)) metadata.labels = { ...labels };
};

const isEmpty = (value: Json | undefined): boolean =>
  isMissing(value) || (isMap(value) && Object.keys(value).length === 0);

/** Defaults of the core group (pkg/apis/core/v1/defaults.go), by definition. */
export const CORE_DEFAULTS: Record<string, Defaulter> = {
  "api.core.v1.Container": container,
  "api.core.v1.EphemeralContainer": container,
  "api.core.v1.Volume": volume,
  "api.core.v1.Pod": pod,
  "api.core.v1.PodSpec": podSpec,
  "api.core.v1.Probe": probe,
  "api.core.v1.Service": service,
  "api.core.v1.Namespace": namespace,
  "api.core.v1.LimitRangeItem": limitRangeItem,
  "api.core.v1.ReplicationController": replicationController,
  "api.core.v1.SecretVolumeSource": mode,
  "api.core.v1.ConfigMapVolumeSource": mode,
  "api.core.v1.DownwardAPIVolumeSource": mode,
  "api.core.v1.ProjectedVolumeSource": mode,
  "api.core.v1.ServiceAccountTokenProjection": set({ expirationSeconds: 3600 }),
  "api.core.v1.Secret": set({ type: "Opaque" }),
  "api.core.v1.HTTPGetAction": set({ path: "/", scheme: "HTTP" }),
  "api.core.v1.NamespaceStatus": set({ phase: "Active" }),
  "api.core.v1.ObjectFieldSelector": set({ apiVersion: "v1" }),
  "api.core.v1.HostPathVolumeSource": (source) => {
    if (source.type === undefined || source.type === null) source.type = "";
  },
  "api.core.v1.PersistentVolumeSpec": set({
    persistentVolumeReclaimPolicy: "Retain",
    volumeMode: "Filesystem",
  }),
  "api.core.v1.PersistentVolumeStatus": set({ phase: "Pending" }),
  "api.core.v1.PersistentVolumeClaimSpec": set({ volumeMode: "Filesystem" }),
  "api.core.v1.PersistentVolumeClaimStatus": set({ phase: "Pending" }),
  "api.core.v1.EndpointPort": set({ protocol: "TCP" }),
};
