import type { Json } from "../object.ts";

/** `caBundle`s that manifests leave for an injector to fill: empty, or a base64 line break. */
const NO_BUNDLE = new Set<Json>(["", "Cg==", null]);

/** Whether a desired value asks the server, or an injector, to choose: an empty caBundle, nodePort 0. */
export function leavesToServer(kind: string, name: string, desired: Json): boolean {
  if (name === "caBundle") return NO_BUNDLE.has(desired);
  if (kind !== "Service") return false;
  if (name === "nodePort" || name === "healthCheckNodePort") return desired === 0;
  if (name === "clusterIP") return desired === "";
  return name === "clusterIPs" && Array.isArray(desired) && desired.length === 0;
}
