import { isMap, type Json, type JsonMap, type KubeObject, listAt, mapAt, textAt } from "./json.ts";
import { KUBECTL, LAST_APPLIED, lastAppliedFields, lastAppliedText } from "./last-applied.ts";
import { ApiError } from "./status.ts";
import type { TypeRef } from "./structured-merge/atoms.ts";
import { FieldSet, pathText } from "./structured-merge/field-set.ts";
import { type Owners, OwnershipConflict, recordApply, recordUpdate } from "./structured-merge/updater.ts";

/** Never part of what a manager owns. */
const STRIPPED = FieldSet.of(
  ["f:apiVersion"],
  ["f:kind"],
  ["f:metadata"],
  ...["name", "namespace", "creationTimestamp", "selfLink", "uid", "clusterName", "generation"].map(
    (field) => ["f:metadata", `f:${field}`],
  ),
  ["f:metadata", "f:managedFields"],
  ["f:metadata", "f:resourceVersion"],
);

/** Kubernetes merges the oldest entries of updaters beyond this many. */
const MAX_UPDATERS = 10;

/** Who writes, in which version, through which endpoint. */
export interface Writer {
  manager: string;
  apiVersion: string;
  subresource: string;
  type: TypeRef;
  /** Fields this endpoint does not write. */
  ignored: FieldSet;
  /** The zero value of the object's type. */
  empty: JsonMap;
  now: string;
}

interface Managed {
  owners: Owners;
  times: Map<string, string>;
}

function identifier(entry: {
  manager: string;
  operation: string;
  apiVersion: string;
  subresource: string;
}): string {
  const apiVersion = entry.operation === "Apply" ? "" : entry.apiVersion;
  return JSON.stringify([entry.manager, entry.operation, apiVersion, entry.subresource]);
}

/** Reads metadata.managedFields. */
export function decode(entries: Json[]): Managed {
  const managed: Managed = { owners: new Map(), times: new Map() };
  for (const entry of entries) {
    const apiVersion = textAt(entry, "apiVersion");
    const operation = textAt(entry, "operation");
    const id = identifier({
      manager: textAt(entry, "manager"),
      operation,
      apiVersion,
      subresource: textAt(entry, "subresource"),
    });
    const set = FieldSet.fromFieldsV1(isMap(entry) ? entry.fieldsV1 : undefined);
    managed.owners.set(id, { set, apiVersion, applied: operation === "Apply" });
    const time = textAt(entry, "time");
    if (time) managed.times.set(id, time);
  }
  return managed;
}

/** Writes metadata.managedFields, in the order Kubernetes keeps. */
export function encode(managed: Managed): JsonMap[] {
  const entries = [...managed.owners].map(([id, owned]) => {
    const [manager, operation, , subresource] = JSON.parse(id) as [string, string, string, string];
    const time = managed.times.get(id);
    return {
      ...(manager && { manager }),
      ...(operation && { operation }),
      apiVersion: owned.apiVersion,
      ...(time && { time }),
      fieldsType: "FieldsV1",
      fieldsV1: owned.set.toFieldsV1(),
      ...(subresource && { subresource }),
    };
  });
  const rank = (entry: JsonMap): string[] => [
    textAt(entry, "operation"),
    textAt(entry, "time"),
    textAt(entry, "manager"),
    textAt(entry, "apiVersion"),
    textAt(entry, "subresource"),
  ];
  return entries.sort((a, b) => compareTexts(rank(a), rank(b)));
}

function compareTexts(a: string[], b: string[]): number {
  const at = a.findIndex((text, i) => text !== b[i]);
  return at < 0 ? 0 : a[at]! < b[at]! ? -1 : 1;
}

const withoutManagedFields = (object: JsonMap): JsonMap => {
  if (!isMap(object.metadata)) return object;
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
};

/** Records a create, update or patch: `live` is the empty typed object on create. */
export function trackUpdate(live: JsonMap, next: KubeObject, writer: Writer, creating: boolean): KubeObject {
  const bare = withoutManagedFields(next) as KubeObject;
  const managed = startingPoint(live, next, writer.subresource !== "");
  const withEntries = (entries: JsonMap[]): KubeObject =>
    entries.length > 0 ? { ...bare, metadata: { ...bare.metadata, managedFields: entries } } : bare;
  if (managed.owners.size === 0 && !creating) return withEntries([]);
  const self = "current-operation";
  const { type, apiVersion, ignored } = writer;
  const owners = recordUpdate({
    live: withoutManagedFields(live),
    next: bare,
    type,
    apiVersion,
    owners: managed.owners,
    owner: self,
    ignored,
  });
  const taken = owners.get(self);
  owners.delete(self);
  const set = taken?.set.difference(STRIPPED);
  if (taken && set && !set.empty) {
    const id = identifier({ ...writer, operation: "Update" });
    const before = owners.get(id);
    owners.set(id, { ...taken, set: before ? set.union(before.set) : set });
    managed.times.set(id, writer.now);
  }
  return withEntries(encode(capUpdaters({ owners, times: managed.times })));
}

/** Which entries a plain write starts from: those it sends, unless it sends none; an empty list resets. */
function startingPoint(live: JsonMap, next: KubeObject, isSubresource: boolean): Managed {
  const liveEntries = listAt(live, "metadata", "managedFields");
  if (isSubresource) return decode(liveEntries);
  const sent = next.metadata.managedFields;
  if (Array.isArray(sent)) {
    const reset =
      sent.length === 0 || (sent.length === 1 && isMap(sent[0]) && Object.keys(sent[0]).length === 0);
    if (reset) return decode([]);
    return decode(sent);
  }
  return decode(liveEntries);
}

function capUpdaters(managed: Managed): Managed {
  const { owners, times } = managed;
  const updaters = [...owners.keys()].filter((id) => !owners.get(id)!.applied);
  const timeOf = (id: string): string => times.get(id) ?? "";
  updaters.sort((a, b) => compareTexts([timeOf(a), a], [timeOf(b), b]));
  const firstOf = new Map<string, string>();
  let count = updaters.length;
  for (const id of updaters) {
    if (count <= MAX_UPDATERS) break;
    const owned = owners.get(id)!;
    const { apiVersion } = owned;
    const bucket = identifier({
      manager: "ancient-changes",
      operation: "Update",
      apiVersion,
      subresource: "",
    });
    const first = firstOf.get(apiVersion);
    if (!first) {
      firstOf.set(apiVersion, id);
      continue;
    }
    if (!owners.has(bucket)) {
      owners.set(bucket, owners.get(first)!);
      owners.delete(first);
    }
    owners.set(bucket, { ...owned, set: owned.set.union(owners.get(bucket)!.set) });
    owners.delete(id);
    times.set(bucket, timeOf(id));
    count--;
  }
  return managed;
}

/** Server-side apply of a configuration onto a live object (the empty typed object when it creates one). */
export function trackApply(live: JsonMap, config: JsonMap, writer: Writer, force: boolean): JsonMap {
  const entries = listAt(live, "metadata", "managedFields");
  const bare = withoutManagedFields(live);
  let managed = decode(entries);
  if (managed.owners.size === 0 && textAt(live, "metadata", "uid")) managed = beforeFirstApply(bare, writer);
  const id = identifier({ ...writer, operation: "Apply" });
  const result = applyOwned(bare, config, writer, managed, id, force);
  const own = result.owners.get(id);
  const set = own?.set.difference(STRIPPED);
  if (own && set && !set.empty) result.owners.set(id, { ...own, set });
  else result.owners.delete(id);
  if (result.next !== undefined) managed.times.set(id, writer.now);
  const next = (result.next ?? bare) as JsonMap;
  const managedFields = encode({ owners: result.owners, times: managed.times });
  const metadata = { ...(isMap(next.metadata) ? next.metadata : {}) };
  if (writer.manager === KUBECTL && textAt(metadata, "annotations", LAST_APPLIED)) {
    metadata.annotations = { ...mapAt(metadata, "annotations"), [LAST_APPLIED]: lastAppliedText(config) };
  }
  return { ...next, metadata: managedFields.length > 0 ? { ...metadata, managedFields } : metadata };
}

/** Applies; kubectl may take over without force what its own client-side apply had set. */
function applyOwned(
  live: JsonMap,
  config: JsonMap,
  writer: Writer,
  managed: Managed,
  id: string,
  force: boolean,
) {
  const { type, apiVersion, ignored } = writer;
  const change = { live, config, type, apiVersion, owners: managed.owners, owner: id, ignored };
  try {
    return recordApply({ ...change, force });
  } catch (error) {
    if (!(error instanceof OwnershipConflict)) throw error;
    const allowed = writer.manager === KUBECTL ? lastAppliedFields(live, type) : new FieldSet();
    const left = error.conflicts.filter(({ path }) => !allowed.has(path));
    if (left.length > 0) throw applyConflict(left);
    return recordApply({ ...change, force: true });
  }
}

function beforeFirstApply(live: JsonMap, writer: Writer): Managed {
  const { type, apiVersion } = writer;
  const id = identifier({ manager: "before-first-apply", operation: "Update", apiVersion, subresource: "" });
  const owners = recordUpdate({
    live: writer.empty,
    next: live,
    type,
    apiVersion,
    owners: new Map(),
    owner: id,
    ignored: writer.ignored,
  });
  const owned = owners.get(id);
  if (owned) owners.set(id, { ...owned, set: owned.set.difference(STRIPPED) });
  return { owners, times: new Map([[id, writer.now]]) };
}

function applyConflict(found: OwnershipConflict["conflicts"]): ApiError {
  const conflicts = found.map(({ owner, path }) => ({ owner: ownerText(owner), path: pathText(path) }));
  const causes = conflicts.map(({ owner, path }) => ({
    reason: "FieldManagerConflict",
    message: `conflict with ${owner}`,
    field: path,
  }));
  let message: string;
  if (conflicts.length === 1) {
    message = `Apply failed with 1 conflict: conflict with ${conflicts[0]!.owner}: ${conflicts[0]!.path}`;
  } else {
    const owners = [...new Set(conflicts.map(({ owner }) => owner))].sort();
    const lines = owners.flatMap((owner) => [
      `conflicts with ${owner}:`,
      ...conflicts.filter((c) => c.owner === owner).map((c) => `- ${c.path}`),
    ]);
    message = `Apply failed with ${conflicts.length} conflicts: ${lines.join("\n")}`;
  }
  return new ApiError(409, "Conflict", message, undefined, causes);
}

function ownerText(id: string): string {
  const [manager, operation, apiVersion, subresource] = JSON.parse(id) as [string, string, string, string];
  const name =
    JSON.stringify(manager) + (subresource ? ` with subresource ${JSON.stringify(subresource)}` : "");
  return operation === "Update" ? `${name} using ${apiVersion}` : name;
}
