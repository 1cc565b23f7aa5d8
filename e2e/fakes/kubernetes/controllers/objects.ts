import { createHash } from "node:crypto";
import { requireType } from "../bootstrap.ts";
import { isMap, type JsonMap, type KubeObject, listAt, sameJson, textAt } from "../json.ts";
import { safeHash } from "../names.ts";
import type { ResourceType } from "../resources.ts";
import type { Writes } from "../writes.ts";

/** What controllers do to objects, in the name of kube-controller-manager and through the same write path. */
export class ControllerObjects {
  readonly writes: Writes;
  readonly manager: string;

  constructor(writes: Writes, manager: string) {
    this.writes = writes;
    this.manager = manager;
  }

  type(storage: string): ResourceType {
    const [group = "", plural = ""] = storage.split("/");
    return requireType(this.writes.registry, group, plural);
  }

  list(storage: string, namespace?: string): KubeObject[] {
    return this.writes.store.list(storage, namespace);
  }

  get(storage: string, namespace: string, name: string): KubeObject | undefined {
    return this.writes.store.get(storage, namespace, name);
  }

  /** Objects of a kind whose controller is the owner. */
  ownedBy(storage: string, owner: KubeObject): KubeObject[] {
    const namespace = namespaceOf(owner);
    return this.list(storage, namespace).filter((object) =>
      listAt(object, "metadata", "ownerReferences").some(
        (ref) => isMap(ref) && ref.uid === owner.metadata.uid && ref.controller === true,
      ),
    );
  }

  create(storage: string, namespace: string, body: JsonMap): KubeObject {
    const type = this.type(storage);
    const value = { apiVersion: type.apiVersion, kind: type.kind, ...body };
    const target = { type, namespace, name: "", subresource: "" };
    return this.writes.create(
      target,
      { value, duplicates: [] },
      { manager: this.manager, fieldValidation: "Ignore" },
    );
  }

  /** Changes an object through its main endpoint, or its status through that one's. */
  update(storage: string, object: KubeObject, subresource: "" | "status" = ""): KubeObject {
    const type = this.type(storage);
    const target = { type, namespace: namespaceOf(object), name: object.metadata.name, subresource };
    const value = { ...object, metadata: { ...object.metadata } };
    return this.writes.update(
      target,
      { value, duplicates: [] },
      { manager: this.manager, fieldValidation: "Ignore" },
    );
  }

  /** Writes a status when it differs, and annotations along with it. */
  setStatus(storage: string, object: KubeObject, status: JsonMap, annotations?: JsonMap): KubeObject {
    const current = isMap(object.metadata.annotations) ? object.metadata.annotations : {};
    const merged = { ...current, ...annotations };
    const withAnnotations: JsonMap = Object.keys(merged).length > 0 ? { annotations: merged } : {};
    if (sameJson(object.status ?? {}, status) && sameJson(current, merged)) return object;
    return this.update(
      storage,
      { ...object, metadata: { ...object.metadata, ...withAnnotations }, status },
      "status",
    );
  }

  remove(storage: string, object: KubeObject): void {
    const { store } = this.writes;
    const current = store.get(storage, namespaceOf(object), object.metadata.name);
    if (!current || current.metadata.uid !== object.metadata.uid) return;
    if (listAt(current, "metadata", "finalizers").length === 0) {
      store.remove(storage, current);
      return;
    }
    if (current.metadata.deletionTimestamp) return;
    const metadata = {
      ...current.metadata,
      deletionTimestamp: this.writes.now,
      deletionGracePeriodSeconds: 0,
    };
    store.put(storage, { ...current, metadata });
  }
}

/** An object's namespace, "" when it has none. */
export function namespaceOf(object: KubeObject): string {
  return textAt(object, "metadata", "namespace");
}

/** How an owned object points at its controller. */
export function controllerRef(owner: KubeObject): JsonMap {
  const { name, uid } = owner.metadata;
  return {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name,
    uid: uid ?? "",
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** A short name for a pod template: equal templates have equal hashes. */
export function templateHash(template: JsonMap | undefined): string {
  return safeHash(
    createHash("sha256")
      .update(JSON.stringify(template ?? {}))
      .digest("base64url")
      .slice(0, 10),
  );
}

/** A condition; its transition time moves only when its status does. */
export function condition(
  before: KubeObject,
  type: string,
  status: string,
  reason: string,
  message: string,
  now: string,
): JsonMap {
  const old = listAt(before, "status", "conditions").find((c) => textAt(c, "type") === type);
  const changed = textAt(old, "status") !== status;
  const reworded = changed || textAt(old, "reason") !== reason || textAt(old, "message") !== message;
  return {
    type,
    status,
    lastUpdateTime: reworded ? now : textAt(old, "lastUpdateTime") || now,
    lastTransitionTime: changed ? now : textAt(old, "lastTransitionTime"),
    reason,
    message,
  };
}
