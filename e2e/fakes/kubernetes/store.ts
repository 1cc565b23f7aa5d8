import { EventEmitter } from "node:events";
import type { KubeObject } from "./json.ts";
import { gone } from "./status.ts";

/** A change of one object. `before` lets a watch with a selector tell leaving from changing. */
export interface StoreEvent {
  type: "ADDED" | "MODIFIED" | "DELETED";
  storage: string;
  version: number;
  object: KubeObject;
  before?: KubeObject;
}

/** What survives a restart. */
export interface StoreSnapshot {
  version: number;
  objects: Record<string, KubeObject[]>;
}

/** Objects by resource, one growing resource version, and a bounded log of changes to watch. */
export class Store {
  readonly #objects = new Map<string, Map<string, KubeObject>>();
  readonly #emitter = new EventEmitter().setMaxListeners(0);
  readonly #logLimit: number;
  #log: StoreEvent[] = [];
  #version: number;
  #compacted: number;

  constructor(options: { logLimit: number; snapshot?: StoreSnapshot }) {
    this.#logLimit = options.logLimit;
    this.#version = options.snapshot?.version ?? 1;
    this.#compacted = this.#version;
    for (const [storage, objects] of Object.entries(options.snapshot?.objects ?? {})) {
      this.#objects.set(storage, new Map(objects.map((object) => [objectKey(object), object])));
    }
  }

  get version(): number {
    return this.#version;
  }

  get(storage: string, namespace: string, name: string): KubeObject | undefined {
    return this.#objects.get(storage)?.get(`${namespace}/${name}`);
  }

  /** Objects in the order the API lists them: by namespace, then by name. */
  list(storage: string, namespace?: string): KubeObject[] {
    const keys = [...(this.#objects.get(storage)?.keys() ?? [])].sort();
    const wanted = namespace ? keys.filter((key) => key.startsWith(`${namespace}/`)) : keys;
    return wanted.map((key) => this.#objects.get(storage)!.get(key)!);
  }

  storages(): string[] {
    return [...this.#objects.keys()];
  }

  /** Stores an object under a new resource version and tells the watchers. */
  put(storage: string, object: KubeObject): KubeObject {
    const objects = this.#objects.get(storage) ?? new Map<string, KubeObject>();
    this.#objects.set(storage, objects);
    const before = objects.get(objectKey(object));
    const stored = this.#stamped(object);
    objects.set(objectKey(stored), stored);
    this.#record({ type: before ? "MODIFIED" : "ADDED", storage, object: stored, before });
    return stored;
  }

  remove(storage: string, object: KubeObject): KubeObject {
    this.#objects.get(storage)?.delete(objectKey(object));
    const deleted = this.#stamped(object);
    this.#record({ type: "DELETED", storage, object: deleted, before: object });
    return deleted;
  }

  /** Changes after a version; throws 410 when the log no longer reaches back that far. */
  since(storage: string, version: number): StoreEvent[] {
    if (version < this.#compacted) throw gone(`too old resource version: ${version} (${this.#compacted})`);
    return this.#log.filter((event) => event.version > version && event.storage === storage);
  }

  /** Forgets changes, as etcd's compaction does: watches from before answer 410. */
  compact(): void {
    this.#compacted = this.#version;
    this.#log = [];
  }

  subscribe(listener: (event: StoreEvent) => void): () => void {
    this.#emitter.on("event", listener);
    return () => this.#emitter.off("event", listener);
  }

  snapshot(): StoreSnapshot {
    const objects: Record<string, KubeObject[]> = {};
    for (const [storage, kept] of this.#objects) objects[storage] = [...kept.values()];
    return { version: this.#version, objects };
  }

  #stamped(object: KubeObject): KubeObject {
    this.#version += 1;
    return { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#version) } };
  }

  #record(event: Omit<StoreEvent, "version">): void {
    const recorded = { ...event, version: this.#version };
    this.#log.push(recorded);
    if (this.#log.length > this.#logLimit) {
      const dropped = this.#log.splice(0, this.#log.length - Math.floor(this.#logLimit / 2));
      this.#compacted = dropped.at(-1)!.version;
    }
    this.#emitter.emit("event", recorded);
  }
}

function objectKey(object: KubeObject): string {
  const namespace = typeof object.metadata.namespace === "string" ? object.metadata.namespace : "";
  return `${namespace}/${object.metadata.name}`;
}
