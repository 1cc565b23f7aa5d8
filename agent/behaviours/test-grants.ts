import type { World } from "./test-world.ts";

/** Lets a service account of the world's namespace do these things to these resources, there alone. */
export async function grant(
  world: World,
  account: string,
  resources: string[],
  verbs: string[],
): Promise<void> {
  const apiVersion = "rbac.authorization.k8s.io/v1";
  const rules = [{ apiGroups: [""], resources, verbs }];
  await world.kube.apply({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: account } });
  await world.kube.apply({ apiVersion, kind: "Role", metadata: { name: account }, rules });
  await world.kube.apply({
    ...{ apiVersion, kind: "RoleBinding", metadata: { name: account } },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: account },
    subjects: [{ kind: "ServiceAccount", name: account, namespace: world.namespace }],
  });
}
