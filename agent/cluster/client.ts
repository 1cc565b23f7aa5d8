import type { ObjectRef } from "../../lib/protocol/object.ts";
import { groupVersion, type KubeObject } from "../object.ts";
import { ApiError, apiErrorOf } from "./api-error.ts";
import { apiPath, Discovery } from "./discovery.ts";
import { jsonLines } from "./json-lines.ts";
import { OpenApi } from "./open-api.ts";
import type { Transport } from "./transport.ts";
import type {
  AccessQuestion,
  Cluster,
  GroupVersionKind,
  ListOptions,
  ListPage,
  PageOptions,
  ResourceType,
  WatchEvent,
  WatchOptions,
} from "./types.ts";

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
  readonly #discoveryListeners = new Set<() => void>();

  constructor(transport: Transport, defaultNamespace: string) {
    this.defaultNamespace = defaultNamespace;
    this.#transport = transport;
    this.#discovery = new Discovery(transport);
    this.#openApi = new OpenApi(transport);
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
      query: { limit: options.limit, continue: options.continue, labelSelector: options.labelSelector },
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

  async apply(
    object: KubeObject,
    options: { fieldManager: string; force: boolean; dryRun?: boolean; signal?: AbortSignal },
  ): Promise<KubeObject> {
    const gvk = { ...groupVersion(object.apiVersion), kind: object.kind };
    const type = await this.resourceFor(gvk);
    if (!type)
      throw new ApiError(
        404,
        "NoSuchKind",
        `no API of the server serves ${object.kind} in ${object.apiVersion}`,
      );
    const namespace = type.namespaced ? (object.metadata.namespace ?? this.defaultNamespace) : "";
    const { body } = await this.#transport.send({
      method: "PATCH",
      path: objectPath(type, namespace, object.metadata.name),
      query: {
        fieldManager: options.fieldManager,
        force: options.force,
        dryRun: options.dryRun ? "All" : undefined,
      },
      // JSON is YAML, and every server that knows server-side apply takes this type.
      contentType: "application/apply-patch+yaml",
      body: object,
      secret: isSecret(type),
      signal: options.signal,
    });
    return body as KubeObject;
  }

  async delete(ref: ObjectRef, options: Parameters<Cluster["delete"]>[1] = {}): Promise<void> {
    const type = await this.resourceFor(ref);
    if (!type) return;
    try {
      await this.#transport.send({
        method: "DELETE",
        path: objectPath(type, ref.namespace, ref.name),
        query: { dryRun: options.dryRun ? "All" : undefined },
        body: {
          apiVersion: "v1",
          kind: "DeleteOptions",
          propagationPolicy: options.propagationPolicy ?? "Background",
          ...(options.preconditionsUid ? { preconditions: { uid: options.preconditionsUid } } : {}),
        },
        secret: isSecret(ref),
      });
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 404) throw error;
    }
  }

  async canI(question: AccessQuestion): Promise<{ allowed: boolean; reason: string }> {
    const { body } = await this.#transport.send({
      method: "POST",
      path: "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
      body: {
        apiVersion: "authorization.k8s.io/v1",
        kind: "SelfSubjectAccessReview",
        spec: { resourceAttributes: question },
      },
    });
    const status = (body as { status?: { allowed?: boolean; reason?: string } })?.status;
    return { allowed: status?.allowed === true, reason: status?.reason ?? "" };
  }

  close(): Promise<void> {
    return this.#transport.close();
  }
}

function collectionPath(type: ResourceType, namespace: string | undefined): string {
  const base = apiPath(type.group, type.version);
  const scope = type.namespaced && namespace ? `/namespaces/${encodeURIComponent(namespace)}` : "";
  return `${base}${scope}/${type.plural}`;
}

function objectPath(type: ResourceType, namespace: string, name: string): string {
  return `${collectionPath(type, namespace)}/${encodeURIComponent(name)}`;
}

function isSecret(kind: { group: string; kind: string }): boolean {
  return kind.group === "" && kind.kind === "Secret";
}
