import { isMap, type Json, type JsonMap, textAt } from "./json.ts";

/** Managers of controllers: they write when they please. */
const CONTROLLERS = new Set(["kube-controller-manager", "kube-scheduler", "kubelet", "kwok"]);
const RANDOM = new Set([
  "uid",
  "resourceVersion",
  "creationTimestamp",
  "deletionTimestamp",
  "time",
  "selfLink",
]);
const ALLOCATED = new Set(["clusterIP", "clusterIPs", "nodePort"]);

/** An answer without what may differ between two servers: identities, times, allocations, controllers' work. */
export function normalise(value: Json, namespace: string): Json {
  if (typeof value === "string") return plainText(value, namespace);
  if (Array.isArray(value)) return value.map((item) => normalise(item, namespace));
  if (!isMap(value)) return value;
  const out: JsonMap = {};
  for (const [key, item] of Object.entries(value)) {
    if (key === "managedFields" && Array.isArray(item)) {
      out[key] = item
        .filter((entry) => !CONTROLLERS.has(textAt(entry, "manager")))
        // Their order follows times of whole seconds, and the two servers do not share a clock tick.
        .sort((a, b) => ownerOf(a).localeCompare(ownerOf(b)))
        .map((entry) => normalise(entry, namespace));
    } else if (key === "causes" && Array.isArray(item)) {
      // Conflicts with several owners are listed in no particular order.
      out[key] = item
        .map((cause) => normalise(cause, namespace))
        .sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
    } else if (key === "fieldsV1") out[key] = item;
    else if (key === "status" && isMap(item)) out[key] = "of controllers";
    else if (RANDOM.has(key) && typeof item === "string") out[key] = "?";
    else if (ALLOCATED.has(key) && item !== "None" && JSON.stringify(item) !== '["None"]') out[key] = "?";
    else out[key] = normalise(item, namespace);
  }
  delete (out.annotations as JsonMap | undefined)?.["deployment.kubernetes.io/revision"];
  if (isMap(out.annotations) && Object.keys(out.annotations).length === 0) delete out.annotations;
  return out;
}

const ownerOf = (entry: Json): string =>
  `${textAt(entry, "operation")} ${textAt(entry, "manager")} ${textAt(entry, "subresource")}`;

function plainText(text: string, namespace: string): string {
  return (
    text
      .replaceAll(namespace, "NAMESPACE")
      // The refused document is quoted whole, in the order of Go's struct fields.
      .replace(/Invalid value: "\{.*\}": strict/, "Invalid value: OBJECT: strict")
      .replace(/kube-api-access-\w{5}/g, "kube-api-access")
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME")
      .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "UID")
  );
}
