import { isMap, type JsonMap, type KubeObject, listAt, mapAt, numberAt, textAt } from "./json.ts";
import { decode, encode } from "./managed-fields.ts";
import { parseObject } from "./parse-body.ts";
import { applyPatch, type PatchRequest } from "./patching.ts";
import type { ResourceType } from "./resources.ts";
import { badRequest, conflict, STALE, unsupportedMediaType } from "./status.ts";
import { FieldSet } from "./structured-merge/field-set.ts";
import type { Target, WriteOptions, Writes } from "./writes.ts";

const SCALE_VERSION = "autoscaling/v1";

/** The Scale a workload shows at its /scale endpoint. */
export function scaleOf(object: KubeObject, type: ResourceType): JsonMap {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const metadata = { name, namespace, uid, resourceVersion, creationTimestamp } as JsonMap;
  const paths = pathsOf(type);
  const selector = selectorText(object, type);
  const specReplicas = numberAt(object, paths.spec, 0);
  return {
    kind: "Scale",
    apiVersion: SCALE_VERSION,
    metadata,
    spec: specReplicas > 0 ? { replicas: specReplicas } : {},
    status: { replicas: numberAt(object, paths.status, 0), ...(selector && { selector }) },
  };
}

function pathsOf(type: ResourceType): { spec: string[]; status: string[] } {
  const split = (path: string): string[] => path.split(".").filter((part) => part !== "");
  const custom = type.custom?.scalePaths;
  if (custom) return { spec: split(custom.spec), status: split(custom.status) };
  return { spec: ["spec", "replicas"], status: ["status", "replicas"] };
}

function selectorText(object: KubeObject, type: ResourceType): string {
  const custom = type.custom?.scalePaths?.selector;
  if (custom) return textAt(object, ...custom.split(".").filter((part) => part !== ""));
  const labels = mapAt(object, "spec", "selector", "matchLabels") ?? {};
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(",");
}

/** Writes a Scale: the workload's replicas change, and the writer owns that field through the scale endpoint. */
export function writeScale(
  writes: Writes,
  target: Target,
  request: PatchRequest | { mediaType: "replace"; text: string },
  options: WriteOptions,
): JsonMap {
  const live = writes.get(target);
  const current = scaleOf(live, target.type);
  const wanted =
    request.mediaType === "replace"
      ? parseObject(request.text, "application/json").value
      : patchedScale(current, request as PatchRequest, target, writes);
  const version = textAt(wanted, "metadata", "resourceVersion");
  if (version && version !== live.metadata.resourceVersion) throw conflict(target.type, target.name, STALE);
  const replicas = mapAt(wanted, "spec")?.replicas ?? 0;
  if (typeof replicas !== "number" || replicas < 0) {
    throw badRequest("spec.replicas: must be greater than or equal to 0");
  }
  const next = structuredClone(live);
  setAt(next, pathsOf(target.type).spec, replicas);
  if (numberAt(live, pathsOf(target.type).spec, 0) !== replicas) {
    next.metadata.managedFields = takeReplicas(live, target, options);
  }
  // The main endpoint stores it: ownership is settled already, and nothing else has changed.
  const stored = writes.settle(target, live, next, options);
  return scaleOf(stored, target.type);
}

function patchedScale(current: JsonMap, request: PatchRequest, target: Target, writes: Writes): JsonMap {
  // Applying to the scale endpoint is not simulated: nobody the fake stands in for does.
  if (request.mediaType.startsWith("application/apply-patch")) {
    throw unsupportedMediaType();
  }
  return applyPatch(
    current,
    request,
    { ...target.type, schema: {}, custom: undefined } as ResourceType,
    writes,
  );
}

function setAt(object: JsonMap, path: string[], value: number): void {
  const parents = path.slice(0, -1);
  let current: JsonMap = object;
  for (const key of parents) {
    if (!isMap(current[key])) current[key] = {};
    current = current[key] as JsonMap;
  }
  current[path.at(-1)!] = value;
}

function takeReplicas(live: KubeObject, target: Target, options: WriteOptions): JsonMap[] {
  const managed = decode(listAt(live, "metadata", "managedFields"));
  const path = pathsOf(target.type).spec.map((part) => `f:${part}`);
  const field = FieldSet.of(path);
  const { apiVersion } = target.type;
  const id = JSON.stringify([options.manager || "unknown", "Update", apiVersion, "scale"]);
  for (const [owner, owned] of [...managed.owners]) {
    const set = owned.set.difference(field);
    if (set.empty) managed.owners.delete(owner);
    else managed.owners.set(owner, { ...owned, set });
  }
  // As upstream: the entry keeps the time it had, so that a first one has none.
  managed.owners.set(id, { set: field, apiVersion, applied: false });
  return encode(managed);
}
