import type { JsonMap } from "./json.ts";
import type { ResourceRegistry } from "./resources.ts";
import type { Writes } from "./writes.ts";

/** Creates an object that a fresh cluster has, unless it is there. */
export function ensure(
  writes: Writes,
  group: string,
  plural: string,
  namespace: string,
  body: JsonMap,
  manager = "kube-apiserver",
): void {
  const type = requireType(writes.registry, group, plural);
  const { name } = body.metadata as { name: string };
  const target = { type, namespace, name, subresource: "" };
  if (writes.find(target)) return;
  const value = { apiVersion: type.apiVersion, kind: type.kind, ...body };
  writes.create(target, { value, duplicates: [] }, { manager, fieldValidation: "Ignore" });
}

/** A built-in type that is certain to be served. */
export function requireType(registry: ResourceRegistry, group: string, plural: string) {
  const type = registry.all().find((t) => t.group === group && t.plural === plural);
  if (!type) throw new Error(`the recorded API has no ${plural} in group ${group || "core"}`);
  return type;
}

const RBAC = "rbac.authorization.k8s.io";
const every = (verbs: string[]): JsonMap => ({ apiGroups: ["*"], resources: ["*"], verbs });

/** What a fresh cluster starts with: its namespaces, the default service, the roles people bind. */
export function bootstrap(writes: Writes): void {
  for (const name of ["default", "kube-system", "kube-public", "kube-node-lease"]) {
    ensure(writes, "", "namespaces", "", { metadata: { name } });
  }
  ensure(writes, "", "nodes", "", {
    metadata: {
      name: "simulated-node-1",
      labels: {
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/hostname": "simulated-node-1",
        "kubernetes.io/os": "linux",
      },
    },
  });
  const port = { name: "https", port: 443, protocol: "TCP", targetPort: 6443 };
  ensure(writes, "", "services", "default", {
    metadata: { name: "kubernetes", labels: { component: "apiserver", provider: "kubernetes" } },
    spec: { type: "ClusterIP", clusterIP: "10.96.0.1", ports: [port] },
  });
  const labels = { "kubernetes.io/bootstrapping": "rbac-defaults" };
  const role = (name: string, rules: JsonMap[]): void =>
    ensure(writes, RBAC, "clusterroles", "", { metadata: { name, labels }, rules });
  role("cluster-admin", [every(["*"]), { nonResourceURLs: ["*"], verbs: ["*"] }]);
  role("admin", [every(["*"])]);
  role("edit", [every(["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"])]);
  const readable = [
    "configmaps",
    "endpoints",
    "events",
    "limitranges",
    "namespaces",
    "persistentvolumeclaims",
    "pods",
    "pods/log",
    "pods/status",
    "replicationcontrollers",
    "resourcequotas",
    "serviceaccounts",
    "services",
  ];
  const read = ["get", "list", "watch"];
  role("view", [
    { apiGroups: [""], resources: readable, verbs: read },
    {
      apiGroups: ["apps", "autoscaling", "batch", "discovery.k8s.io", "networking.k8s.io", "policy"],
      resources: ["*"],
      verbs: read,
    },
  ]);
  const subjects = [{ kind: "Group", name: "system:masters" }];
  ensure(writes, RBAC, "clusterrolebindings", "", {
    metadata: { name: "cluster-admin", labels },
    roleRef: { kind: "ClusterRole", name: "cluster-admin" },
    subjects,
  });
}
