import { compact } from "../compact.ts";
import type { KubeObject } from "../object.ts";

/** The watched objects of one kind, found by name and by owner. */
export class ObjectStore {
  readonly #objects = new Map<string, KubeObject>();
  readonly #byOwner = new Map<string, Set<string>>();

  get size(): number {
    return this.#objects.size;
  }

  find(namespace: string, name: string): KubeObject | undefined {
    return this.#objects.get(`${namespace}/${name}`);
  }

  values(): IterableIterator<KubeObject> {
    return this.#objects.values();
  }

  owned(namespace: string, ownerUid: string): KubeObject[] {
    const keys = this.#byOwner.get(ownerUid) ?? [];
    return [...keys]
      .map((key) => this.#objects.get(key))
      .filter((object) => object !== undefined)
      .filter((object) => (object.metadata.namespace ?? "") === namespace);
  }

  /** Stores an object, trimmed and compacted, and returns the one it replaces. */
  set(object: KubeObject): KubeObject | undefined {
    const key = keyOf(object);
    const previous = this.delete(object);
    this.#objects.set(key, compact(trimmed(object)));
    for (const uid of ownersOf(object)) {
      const keys = this.#byOwner.get(uid) ?? new Set();
      this.#byOwner.set(uid, keys.add(key));
    }
    return previous;
  }

  delete(object: KubeObject): KubeObject | undefined {
    const key = keyOf(object);
    const previous = this.#objects.get(key);
    if (!previous) return undefined;
    this.#objects.delete(key);
    for (const uid of ownersOf(previous)) {
      const keys = this.#byOwner.get(uid);
      keys?.delete(key);
      if (keys?.size === 0) this.#byOwner.delete(uid);
    }
    return previous;
  }

  clear(): void {
    this.#objects.clear();
    this.#byOwner.clear();
  }
}

function keyOf(object: KubeObject): string {
  return `${object.metadata.namespace ?? ""}/${object.metadata.name}`;
}

function ownerReferences(object: KubeObject): { uid?: string; controller?: boolean }[] {
  const owners = object.metadata.ownerReferences;
  return Array.isArray(owners) ? (owners as { uid?: string; controller?: boolean }[]) : [];
}

function ownersOf(object: KubeObject): string[] {
  return ownerReferences(object).flatMap((owner) => (owner?.uid ? [owner.uid] : []));
}

/** Objects that a controller made are read for health alone, so who set which field of them is dropped. */
function trimmed(object: KubeObject): KubeObject {
  if (!ownerReferences(object).some((owner) => owner?.controller)) return object;
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata: metadata as KubeObject["metadata"] };
}
