import { isMap, type JsonMap, type KubeObject, listAt, mapAt, textAt } from "../json.ts";
import type { Store } from "../store.ts";

/** Allocates a service's addresses and node ports, as the API server does when it stores one. */
export function admitService(service: KubeObject, store: Store): KubeObject {
  const spec: JsonMap = { ...mapAt(service, "spec") };
  if (spec.type === "ExternalName") return service;
  if (!spec.clusterIP) spec.clusterIP = freeAddress(store);
  spec.clusterIPs ??= [spec.clusterIP];
  spec.ipFamilies ??= ["IPv4"];
  spec.ipFamilyPolicy ??= "SingleStack";
  const wantsNodePorts =
    spec.type === "NodePort" ||
    (spec.type === "LoadBalancer" && spec.allocateLoadBalancerNodePorts !== false);
  if (wantsNodePorts) spec.ports = withNodePorts(spec, store);
  return { ...service, spec };
}

function freeAddress(store: Store): string {
  const taken = new Set(store.list("/services").map((s) => textAt(s, "spec", "clusterIP")));
  for (let i = 1; i < 65_000; i++) {
    const address = `10.96.${i >> 8}.${i & 255}`;
    if ((i & 255) > 0 && (i & 255) < 255 && !taken.has(address)) return address;
  }
  throw new Error("no service address is free");
}

function withNodePorts(spec: JsonMap, store: Store): JsonMap[] {
  const taken = new Set(
    store
      .list("/services")
      .flatMap((s) => listAt(s, "spec", "ports").map((p) => (isMap(p) ? p.nodePort : undefined))),
  );
  let next = 30_000;
  return listAt(spec, "ports")
    .filter(isMap)
    .map((port) => {
      if (port.nodePort) return port;
      while (taken.has(next)) next++;
      taken.add(next);
      return { ...port, nodePort: next };
    });
}
