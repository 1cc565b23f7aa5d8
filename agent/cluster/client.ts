import type { ObjectRef } from "../../lib/protocol/object.ts";
import type { KubeObject } from "../object.ts";
import { ApiError, apiErrorOf } from "./api-error.ts";
import { Discovery } from "./discovery.ts";
import { jsonLines } from "./json-lines.ts";
import { OpenApi } from "./open-api.ts";
import { collectionPath, isSecret, objectPath } from "./paths.ts";
import type { Transport } from "./transport.ts";
import type {
  Account,
  Cluster,
  GroupVersionKind,
  ListOptions,
  ListPage,
  PageOptions,
  ResourceType,
  WatchEvent,
  WatchOptions,
  Writes,
} from "./types.ts";
import { Writer } from "./writes.ts";

const MAX_EVENT_BYTES = 16 * 1024 * 1024;
const PAGE = 500;
const IDLE_TIMEOUT_MS = 100_000;
const METADATA_LIST = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";

/** A Cluster over one API server's HTTP. */
export class ClusterClient implements Cluster {
  readonly defaultNamespace: string;
  readonly #transport: Transport;
  readonly #discovery: Discovery;
  readonly #openApi: OpenApi;
  readonly #own: Writer;
  readonly #discoveryListeners = new Set<() => void>();

  constructor(transport: Transport, defaultNamespace: string) {
    this.defaultNamespace = defaultNamespace;
    this.#transport = transport;
    this.#discovery = new Discovery(transport);
    this.#openApi = new OpenApi(transport);
    this.#own = new Writer(transport, this);
  }

  get requests(): number {
    return this.#transport.requests;
  }

  get answers(): ReadonlyMap<string, number> {
    return this.#transport.answers;
  }

  async identity() {
    const [version, system] = await Promise.all([
      this.#transport.send({ path: "/version" }),
      this.#transport.send({ path: "/api/v1/namespaces/kube-system" }),
    ]);
    const kubernetesVersion = String((version.body as { gitVersion?: string })?.gitVersion ?? "unknown");
    const uid = (system.body as KubeObject).metadata.uid;
    if (typeof uid !== "string")
      throw new ApiError(0, "NotKubernetes", "the namespace kube-system has no UID");
    return { uid, kubernetesVersion, simulated: kubernetesVersion.includes("simulated") };
  }

  resourceFor(gvk: GroupVersionKind): Promise<ResourceType | undefined> {
    return this.#discovery.find(gvk);
  }

  forgetDiscovery(group?: string): void {
    this.#discovery.forget(group);
    this.#openApi.forget();
    for (const listener of this.#discoveryListeners) listener();
  }

  onDiscoveryChange(listener: () => void): () => void {
    this.#discoveryListeners.add(listener);
    return () => this.#discoveryListeners.delete(listener);
  }

  resources() {
    return this.#discovery.all();
  }

  openApi(groupVersionName: string) {
    return this.#openApi.document(groupVersionName);
  }

  async get(ref: ObjectRef): Promise<KubeObject | undefined> {
    const type = await this.resourceFor(ref);
    if (!type) return undefined;
    try {
      const { body } = await this.#transport.send({
        path: objectPath(type, ref.namespace, ref.name),
        secret: isSecret(ref),
      });
      return body as KubeObject;
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }
  }

  async list(type: ResourceType, namespace?: string, options: ListOptions = {}): Promise<KubeObject[]> {
    const items: KubeObject[] = [];
    let next = "";
    do {
      const page = await this.listPage(type, namespace, { ...options, limit: PAGE, continue: next });
      items.push(...page.items);
      next = page.continue;
    } while (next);
    return items;
  }

  async listPage(type: ResourceType, namespace: string | undefined, options: PageOptions): Promise<ListPage> {
    const { body, bytes } = await this.#transport.send({
      path: collectionPath(type, namespace),
      query: {
        limit: options.limit,
        continue: options.continue,
        labelSelector: options.labelSelector,
        fieldSelector: options.fieldSelector,
      },
      accept: options.metadataOnly ? METADATA_LIST : undefined,
      secret: isSecret(type),
      signal: options.signal,
    });
    const page = body as {
      items?: KubeObject[] | null;
      metadata?: { resourceVersion?: string; continue?: string };
    };
    const apiVersion = type.group ? `${type.group}/${type.version}` : type.version;
    // Items of a built-in list lack what the list itself says of them.
    const items = (page?.items ?? []).map((item) => ({ ...item, apiVersion, kind: type.kind }));
    return {
      items,
      resourceVersion: page?.metadata?.resourceVersion ?? "",
      continue: page?.metadata?.continue ?? "",
      bytes,
    };
  }

  async *watch(
    type: ResourceType,
    namespace: string | undefined,
    options: WatchOptions,
  ): AsyncGenerator<WatchEvent> {
    const secret = isSecret(type);
    const chunks = await this.#transport.stream(
      {
        path: collectionPath(type, namespace),
        query: {
          watch: true,
          allowWatchBookmarks: true,
          resourceVersion: options.resourceVersion,
          timeoutSeconds: options.timeoutSeconds,
        },
        secret,
        signal: options.signal,
      },
      options.idleTimeoutMs ?? IDLE_TIMEOUT_MS,
    );
    yield {
      type: "BOOKMARK",
      object: {
        apiVersion: "",
        kind: type.kind,
        metadata: { name: "", resourceVersion: options.resourceVersion },
      },
    };
    try {
      for await (const value of jsonLines(chunks, MAX_EVENT_BYTES)) {
        const event = value as { type: string; object: KubeObject & { code?: number } };
        if (event.type === "ERROR")
          throw apiErrorOf(Number(event.object?.code ?? 500), event.object, { secret });
        yield event as WatchEvent;
      }
    } catch (error) {
      throw this.#transport.unreachable(error, options.signal);
    }
  }

  apply(...asked: Parameters<Writes["apply"]>) {
    return this.#own.apply(...asked);
  }

  tryCreate(...asked: Parameters<Writes["tryCreate"]>) {
    return this.#own.tryCreate(...asked);
  }

  delete(...asked: Parameters<Writes["delete"]>) {
    return this.#own.delete(...asked);
  }

  canI(...asked: Parameters<Writes["canI"]>) {
    return this.#own.canI(...asked);
  }

  as(account: Account): Writes {
    return new Writer(this.#transport, this, account);
  }

  close(): Promise<void> {
    return this.#transport.close();
  }
}
