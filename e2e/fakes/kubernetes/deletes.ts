import { isMap, type Json, type JsonMap, type KubeObject, listAt, textAt } from "./json.ts";
import { selectorOf } from "./lists.ts";
import type { ResourceType } from "./resources.ts";
import { conflict } from "./status.ts";
import { returnsDeleted } from "./traits.ts";
import type { Target, Writes } from "./writes.ts";

/** What a client may ask of a delete. */
export interface DeleteOptions {
  propagationPolicy: string;
  dryRun: boolean;
  uid?: string;
  resourceVersion?: string;
}

/** Reads DeleteOptions from the body and the query; the query wins. */
export function deleteOptions(body: JsonMap, query: URLSearchParams): DeleteOptions {
  const orphans = body.orphanDependents === true || query.get("orphanDependents") === "true";
  const uid = textAt(body, "preconditions", "uid");
  const resourceVersion = textAt(body, "preconditions", "resourceVersion");
  return {
    propagationPolicy:
      query.get("propagationPolicy") ?? (textAt(body, "propagationPolicy") || (orphans ? "Orphan" : "")),
    dryRun: query.getAll("dryRun").includes("All") || listAt(body, "dryRun").includes("All"),
    ...(uid && { uid }),
    ...(resourceVersion && { resourceVersion }),
  };
}

/** Deletes an object, or marks it when finalizers hold it. Answers the object or a Status, as the API does. */
export function deleteObject(writes: Writes, target: Target, options: DeleteOptions): JsonMap {
  const live = writes.get(target);
  const { type } = target;
  checkPreconditions(live, type, options);
  const { object, gone } = remove(writes, live, type, options);
  if (!gone || returnsDeleted(type)) return object;
  const { name, uid } = live.metadata;
  const details: JsonMap = {
    name,
    ...(type.group && { group: type.group }),
    kind: type.plural,
    uid: uid ?? "",
  };
  return { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", details };
}

/** Deletes every selected object and answers them as a list. */
export function deleteCollection(
  writes: Writes,
  type: ResourceType,
  namespace: string,
  query: URLSearchParams,
  options: DeleteOptions,
): JsonMap {
  const doomed = writes.store.list(type.storage, namespace || undefined).filter(selectorOf(query));
  const items = doomed.map((object) => remove(writes, object, type, options).object);
  const metadata = { resourceVersion: String(writes.store.version) };
  return { kind: `${type.kind}List`, apiVersion: type.apiVersion, metadata, items: items as Json };
}

function checkPreconditions(live: KubeObject, type: ResourceType, options: DeleteOptions): void {
  const { name, uid, resourceVersion } = live.metadata;
  // Here, unlike elsewhere, the API names the kind and not the resource.
  const kind = { ...type, plural: type.kind };
  if (options.uid && options.uid !== uid) {
    const why = `the UID in the precondition (${options.uid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`;
    throw conflict(kind, name, why);
  }
  if (options.resourceVersion && options.resourceVersion !== resourceVersion) {
    const why = `the ResourceVersion in the precondition (${options.resourceVersion}) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`;
    throw conflict(kind, name, why);
  }
}

function remove(
  writes: Writes,
  live: KubeObject,
  type: ResourceType,
  options: DeleteOptions,
): { object: KubeObject; gone: boolean } {
  const { store } = writes;
  const finalizers = new Set(listAt(live, "metadata", "finalizers").map(String));
  if (options.propagationPolicy === "Orphan") finalizers.add("orphan");
  if (options.propagationPolicy === "Foreground") finalizers.add("foregroundDeletion");
  if (type.storage === "apiextensions.k8s.io/customresourcedefinitions") {
    finalizers.add("customresourcecleanup.apiextensions.k8s.io");
  }
  const isNamespace = type.storage === "/namespaces";
  if (finalizers.size === 0 && !isNamespace) {
    return { object: options.dryRun ? live : store.remove(type.storage, live), gone: true };
  }
  if (live.metadata.deletionTimestamp) return { object: live, gone: false };
  const metadata: KubeObject["metadata"] = {
    ...live.metadata,
    deletionTimestamp: writes.now,
    deletionGracePeriodSeconds: 0,
    ...(finalizers.size > 0 && { finalizers: [...finalizers] }),
  };
  if (live.metadata.generation) metadata.generation = Number(live.metadata.generation) + 1;
  if (isNamespace) delete metadata.deletionGracePeriodSeconds;
  const status = isNamespace
    ? { ...(isMap(live.status) ? live.status : {}), phase: "Terminating" }
    : live.status;
  const marked: KubeObject = { ...live, metadata, ...(status !== undefined && { status }) };
  return { object: options.dryRun ? marked : store.put(type.storage, marked), gone: false };
}
