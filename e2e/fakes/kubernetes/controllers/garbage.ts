import { isMap, type Json, type KubeObject, listAt, textAt } from "../json.ts";
import type { ControllerObjects } from "./objects.ts";

/** Removes what an object owned once it is gone, and finishes foreground and orphaning deletes. */
export function collectGarbage(objects: ControllerObjects, owner: KubeObject): void {
  for (const { storage, object } of dependentsOf(objects, owner)) {
    const others = listAt(object, "metadata", "ownerReferences").filter(
      (ref) => textAt(ref, "uid") !== owner.metadata.uid,
    );
    if (others.length === 0) objects.remove(storage, object);
    else
      objects.writes.store.put(storage, {
        ...object,
        metadata: { ...object.metadata, ownerReferences: others },
      });
  }
}

/** Works off the finalizers that the garbage collector itself sets. */
export function finishDelete(objects: ControllerObjects, storage: string, owner: KubeObject): void {
  const finalizers = listAt(owner, "metadata", "finalizers").map(String);
  if (!owner.metadata.deletionTimestamp) return;
  if (finalizers.includes("orphan")) {
    for (const dependent of dependentsOf(objects, owner)) release(objects, dependent, owner);
    dropFinalizer(objects, storage, owner, "orphan");
  } else if (finalizers.includes("foregroundDeletion")) {
    const dependents = dependentsOf(objects, owner);
    for (const { storage: kind, object } of dependents) objects.remove(kind, object);
    if (dependentsOf(objects, owner).length === 0)
      dropFinalizer(objects, storage, owner, "foregroundDeletion");
  }
}

function dependentsOf(
  objects: ControllerObjects,
  owner: KubeObject,
): { storage: string; object: KubeObject }[] {
  const { store } = objects.writes;
  const { uid } = owner.metadata;
  return store.storages().flatMap((storage) =>
    store
      .list(storage)
      .filter((object) =>
        listAt(object, "metadata", "ownerReferences").some((ref) => isMap(ref) && ref.uid === uid),
      )
      .map((object) => ({ storage, object })),
  );
}

function release(
  objects: ControllerObjects,
  dependent: { storage: string; object: KubeObject },
  owner: KubeObject,
): void {
  const { storage, object } = dependent;
  const kept = listAt(object, "metadata", "ownerReferences").filter(
    (ref) => textAt(ref, "uid") !== owner.metadata.uid,
  );
  const { ownerReferences: _, ...metadata } = object.metadata;
  objects.writes.store.put(storage, {
    ...object,
    metadata: { ...metadata, name: object.metadata.name, ...(kept.length > 0 && { ownerReferences: kept }) },
  });
}

function dropFinalizer(objects: ControllerObjects, storage: string, owner: KubeObject, name: string): void {
  const { store } = objects.writes;
  const finalizers = listAt(owner, "metadata", "finalizers").filter((finalizer) => finalizer !== name);
  const { finalizers: _, ...metadata } = owner.metadata;
  if (finalizers.length === 0)
    store.remove(storage, { ...owner, metadata: { ...metadata, name: owner.metadata.name } });
  else store.put(storage, { ...owner, metadata: { ...owner.metadata, finalizers } });
}

/** Whether every owner an object names is gone; owners of kinds not served here count as there. */
export function isOrphaned(objects: ControllerObjects, object: KubeObject): boolean {
  const owners = listAt(object, "metadata", "ownerReferences");
  return owners.length > 0 && owners.every((ref) => isAbsent(objects, object, ref));
}

function isAbsent(objects: ControllerObjects, object: KubeObject, ref: Json): boolean {
  const [group = "", version = ""] = textAt(ref, "apiVersion").includes("/")
    ? textAt(ref, "apiVersion").split("/")
    : ["", textAt(ref, "apiVersion")];
  const type = objects.writes.registry.ofKind(group, version, textAt(ref, "kind"));
  if (!type) return false;
  const namespace = type.namespaced ? textAt(object, "metadata", "namespace") : "";
  return objects.get(type.storage, namespace, textAt(ref, "name"))?.metadata.uid !== textAt(ref, "uid");
}
