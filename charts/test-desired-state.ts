const part = (object: object) => JSON.stringify(object, null, 2);

/** A workload as a team keeps it in Git: several kinds, of a namespace, of the whole cluster, and of its own making. */
export function desiredState(namespace: string, image = "quotes:1"): Record<string, string> {
  const labels = { app: "quotes" };
  return {
    namespace: part({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } }),
    deployment: part({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "quotes" },
      spec: {
        replicas: 2,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: "quotes", image }] } },
      },
    }),
    service: part({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "quotes" },
      spec: { selector: labels, ports: [{ port: 80, targetPort: 8080 }] },
    }),
    settings: part({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "quotes" }, data: { image } }),
    secret: part({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "quotes" },
      stringData: { key: "s3cret-value" },
    }),
    account: part({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "quotes" } }),
    role: part({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "Role",
      metadata: { name: "quotes" },
      rules: [{ apiGroups: [""], resources: ["configmaps"], verbs: ["get", "list", "watch"] }],
    }),
    priority: part({
      apiVersion: "scheduling.k8s.io/v1",
      kind: "PriorityClass",
      metadata: { name: `${namespace}-first` },
      value: 10,
    }),
    kind: part({
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: `tariffs.${namespace}.example.com` },
      spec: {
        group: `${namespace}.example.com`,
        scope: "Namespaced",
        names: { kind: "Tariff", plural: "tariffs", singular: "tariff" },
        versions: [
          {
            name: "v1",
            served: true,
            storage: true,
            schema: {
              openAPIV3Schema: {
                type: "object",
                properties: { spec: { type: "object", properties: { rate: { type: "integer" } } } },
              },
            },
          },
        ],
      },
    }),
    tariff: part({
      apiVersion: `${namespace}.example.com/v1`,
      kind: "Tariff",
      metadata: { name: "standard" },
      spec: { rate: 7 },
    }),
  };
}

/** Files of a repository that hold these parts, but for some. */
export function filesOf(parts: Record<string, string>, without: string[] = []): Record<string, string> {
  const kept = Object.entries(parts).filter(([name]) => !without.includes(name));
  return { "app/all.yaml": kept.map(([, text]) => text).join("\n---\n") };
}
