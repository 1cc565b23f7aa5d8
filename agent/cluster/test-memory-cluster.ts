import type { KubeObject } from "../object.ts";
import { ApiError } from "./api-error.ts";
import type {
  Cluster,
  GroupVersionKind,
  ListPage,
  PageOptions,
  ResourceType,
  WatchEvent,
  WatchOptions,
} from "./types.ts";

/** A cluster of one test's own that answers lists and watches as told, failures included. */
export class MemoryCluster {
  types: ResourceType[];
  objects = new Map<string, KubeObject>();
  version = 1;
  lists: { namespace: string | undefined; limit: number | undefined }[] = [];
  watches: { namespace: string | undefined; resourceVersion: string; end: (error?: Error) => void }[] = [];
  pageSize = 500;
  /** Thrown by the next lists (watches), first come first served. */
  listFailures: (Error | undefined)[] = [];
  watchFailures: Error[] = [];
  /** Whether a list in this namespace is permitted. */
  permits: (namespace: string | undefined) => boolean = () => true;
  readonly #listeners = new Set<() => void>();
  readonly #feeds = new Set<(event: WatchEvent) => void>();

  constructor(types: ResourceType[]) {
    this.types = types;
  }

  /** Only what an observer uses is there. */
  get cluster(): Cluster {
    return this as unknown as Cluster;
  }

  set(namespace: string, name: string, more: Partial<KubeObject> = {}): KubeObject {
    const key = `${namespace}/${name}`;
    const known = this.objects.get(key);
    const metadata = {
      uid: `uid-${name}`,
      ...more.metadata,
      name,
      namespace,
      resourceVersion: String(++this.version),
    };
    const object: KubeObject = { apiVersion: "v1", kind: "ConfigMap", ...more, metadata };
    this.objects.set(key, object);
    this.#tell({ type: known ? "MODIFIED" : "ADDED", object });
    return object;
  }

  delete(namespace: string, name: string): void {
    const known = this.objects.get(`${namespace}/${name}`);
    if (!known || !this.objects.delete(`${namespace}/${name}`)) return;
    this.#tell({
      type: "DELETED",
      object: { ...known, metadata: { ...known.metadata, resourceVersion: String(++this.version) } },
    });
  }

  async resourceFor({ group, version, kind }: GroupVersionKind): Promise<ResourceType | undefined> {
    return this.types.find((type) => type.group === group && type.version === version && type.kind === kind);
  }

  forgetDiscovery(): void {
    for (const listener of this.#listeners) listener();
  }

  onDiscoveryChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async listPage(_: ResourceType, namespace: string | undefined, options: PageOptions): Promise<ListPage> {
    this.lists.push({ namespace, limit: options.limit });
    const failure = this.listFailures.shift();
    if (failure) throw failure;
    this.#check(namespace);
    const all = [...this.objects.values()].filter(
      (object) => !namespace || object.metadata.namespace === namespace,
    );
    const start = Number(options.continue || 0);
    const end = options.limit ? start + Math.min(options.limit, this.pageSize) : all.length;
    const items = all.slice(start, end);
    const next = end < all.length ? String(end) : "";
    return { items, resourceVersion: String(this.version), continue: next, bytes: 100 };
  }

  async *watch(
    type: ResourceType,
    namespace: string | undefined,
    options: WatchOptions,
  ): AsyncGenerator<WatchEvent> {
    const failure = this.watchFailures.shift();
    if (failure) throw failure;
    this.#check(namespace);
    const queue: WatchEvent[] = [
      {
        type: "BOOKMARK",
        object: {
          apiVersion: "v1",
          kind: type.kind,
          metadata: { name: "", resourceVersion: options.resourceVersion },
        },
      },
    ];
    let ended: { error?: Error } | undefined;
    let wake = () => {};
    const feed = (event: WatchEvent) => {
      if (!namespace || event.object.metadata.namespace === namespace) queue.push(event);
      wake();
    };
    const end = (error?: Error) => {
      ended = { error };
      wake();
    };
    this.watches.push({ namespace, resourceVersion: options.resourceVersion, end });
    this.#feeds.add(feed);
    options.signal?.addEventListener("abort", () => end(new Error("aborted")));
    try {
      for (;;) {
        for (let event = queue.shift(); event; event = queue.shift()) yield event;
        if (ended?.error) throw ended.error;
        if (ended) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      this.#feeds.delete(feed);
    }
  }

  #check(namespace: string | undefined): void {
    if (this.types.length === 0)
      throw new ApiError(404, "NotFound", "the server could not find the requested resource");
    if (!this.permits(namespace)) throw new ApiError(403, "Forbidden", "forbidden");
  }

  #tell(event: WatchEvent): void {
    for (const feed of this.#feeds) feed(event);
  }
}
