import { ensure } from "../bootstrap.ts";
import type { KubeObject } from "../json.ts";
import type { ControllerObjects } from "./objects.ts";

/** Gives a namespace its ServiceAccount and the cluster's authority; empties one that is being deleted. */
export function reconcileNamespace(
  objects: ControllerObjects,
  namespace: KubeObject,
  caData: string,
): number | undefined {
  const { writes } = objects;
  const { name } = namespace.metadata;
  if (!namespace.metadata.deletionTimestamp) {
    ensure(writes, "", "serviceaccounts", name, { metadata: { name: "default" } }, objects.manager);
    const description =
      "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.";
    const metadata = { name: "kube-root-ca.crt", annotations: { "kubernetes.io/description": description } };
    ensure(writes, "", "configmaps", name, { metadata, data: { "ca.crt": caData } }, objects.manager);
    return undefined;
  }
  let remaining = 0;
  for (const storage of writes.store.storages()) {
    if (!writes.registry.ofStorage(storage)?.namespaced) continue;
    for (const object of objects.list(storage, name)) objects.remove(storage, object);
    remaining += objects.list(storage, name).length;
  }
  if (remaining > 0) return 250;
  const current = objects.get("/namespaces", "", name);
  if (current) writes.store.remove("/namespaces", { ...current, spec: {} });
  return undefined;
}
