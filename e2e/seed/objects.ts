import { canonicalJson } from "#lib/protocol/canonical.ts";
import type { ObjectRef, ResourceStatus } from "#lib/protocol/object.ts";
import { digest } from "#lib/testing/tenant.ts";

/** One thing that runs; `image` where it is somebody else's and does not move with the application. */
export type Workload = {
  kind: "Deployment" | "StatefulSet" | "CronJob";
  name: string;
  replicas: number;
  serves: boolean;
  image?: string;
};

export type SeedObject = { status: ResourceStatus; digest: string; body: string };

const groups: Record<string, [group: string, version: string]> = {
  Deployment: ["apps", "v1"],
  StatefulSet: ["apps", "v1"],
  CronJob: ["batch", "v1"],
  HorizontalPodAutoscaler: ["autoscaling", "v2"],
  Ingress: ["networking.k8s.io", "v1"],
  ExternalSecret: ["external-secrets.io", "v1"],
};
const registry = "registry.family.example";

/** What an application's path renders to at a version, on one stage. */
export function objectsOf(
  app: { name: string; workloads: Workload[] },
  version: string,
  stage: string,
): SeedObject[] {
  const namespace = app.name;
  const bare = [
    { kind: "Namespace", name: namespace, namespace: "", spec: {} },
    { kind: "ServiceAccount", name: app.name, namespace, spec: {} },
    {
      kind: "ConfigMap",
      name: `${app.name}-config`,
      namespace,
      data: {
        LOG_LEVEL: stage === "dev" ? "debug" : "info",
        REGION: stage,
        FEATURES: `checkout-v${version.split(".")[1]}`,
      },
    },
    { kind: "Secret", name: `${app.name}-database`, namespace, data: { url: "masked" } },
  ];
  const workloads = app.workloads.flatMap((one) => workloadObjects(one, app.name, version, stage));
  return [...bare, ...workloads].map((object) => objectOf(object, app.name));
}

type Bare = { kind: string; name: string; namespace: string; spec?: unknown; data?: unknown };

function workloadObjects(one: Workload, namespace: string, version: string, stage: string): Bare[] {
  const { kind, name } = one;
  const image = one.image ? `${registry}/mirror/${one.image}` : `${registry}/${namespace}/${name}:${version}`;
  const replicas = stage === "production" ? one.replicas * 2 : stage === "staging" ? one.replicas : 1;
  const template = {
    metadata: { labels: { app: name } },
    spec: {
      containers: [
        {
          name,
          image,
          resources: {
            limits: { memory: stage === "production" ? "1Gi" : "512Mi" },
            requests: { cpu: "100m", memory: "256Mi" },
          },
        },
        ...(one.serves && !one.image ? [{ name: "proxy", image: `${registry}/mirror/envoy:1.35.2` }] : []),
      ],
    },
  };
  const spec =
    kind === "CronJob"
      ? { schedule: "15 * * * *", jobTemplate: { spec: { template } } }
      : { replicas, selector: { matchLabels: { app: name } }, template };
  const objects: Bare[] = [{ kind, name, namespace, spec }];
  if (one.serves)
    objects.push({
      kind: "Service",
      name,
      namespace,
      spec: { selector: { app: name }, ports: [{ port: 80, targetPort: 8080 }] },
    });
  if (one.serves && !one.image && stage === "production") {
    const target = { apiVersion: "apps/v1", kind, name };
    objects.push({
      kind: "HorizontalPodAutoscaler",
      name,
      namespace,
      spec: { scaleTargetRef: target, minReplicas: replicas, maxReplicas: replicas * 4 },
    });
    objects.push({ kind: "Ingress", name, namespace, spec: { rules: [{ host: `${name}.family.example` }] } });
  }
  return objects;
}

function objectOf({ kind, name, namespace, spec, data }: Bare, app: string): SeedObject {
  const [group, version] = groups[kind] ?? ["", "v1"];
  const ref: ObjectRef = { group, version, kind, namespace, name };
  const body = canonicalJson({
    apiVersion: group ? `${group}/${version}` : version,
    kind,
    metadata: { name, ...(namespace ? { namespace } : {}), labels: { "app.kubernetes.io/part-of": app } },
    ...(spec ? { spec } : {}),
    ...(data ? { data } : {}),
  });
  const file = `base/${kind.toLowerCase()}-${name}.yaml`;
  const desiredDigest = digest(body);
  return {
    digest: desiredDigest,
    body,
    status: {
      ref,
      sync: "Synced",
      health: "Healthy",
      changes: [],
      desiredDigest,
      observedDigest: desiredDigest,
      source: { file, line: 1 },
    },
  };
}
