import type { ObjectRef } from "../../lib/protocol/object.ts";
import type { Json, KubeObject } from "../object.ts";

/** Where the cluster is. Neither given: the in-cluster service account, else the default kubeconfig. */
export type ClusterConnection = { kubeconfig?: string; context?: string };

/** A kind, named as manifests name it; the core group is "". */
export type GroupVersionKind = { group: string; version: string; kind: string };

/** The resource that serves a kind, from discovery. */
export type ResourceType = GroupVersionKind & { plural: string; namespaced: boolean; verbs: string[] };

/** An OpenAPI v3 document of one group version, as the server gives it. */
export type OpenApiDocument = {
  components?: { schemas?: Record<string, { [key: string]: Json }> };
  [key: string]: unknown;
};

/** The question of a SelfSubjectAccessReview; `resource` is the plural, "" the core group. */
export type AccessQuestion = {
  verb: string;
  group: string;
  resource: string;
  subresource?: string;
  namespace?: string;
  name?: string;
};

/** One page of a list; `continue` is "" on the last one. */
export type ListPage = { items: KubeObject[]; resourceVersion: string; continue: string; bytes: number };

/** One line of a watch; an ERROR line is thrown as ApiError instead. */
export type WatchEvent = { type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK"; object: KubeObject };

/** A service account that an environment is applied as. */
export type Account = { namespace: string; name: string };

/** What changes a cluster, and the question whether it may; throws ApiError where the server refuses. */
export interface Writes {
  /** Server-side apply; returns the object as it then is (or, dry, would be; one that is not there yet, as it was given). */
  apply(
    object: KubeObject,
    options: { fieldManager: string; force: boolean; dryRun?: boolean; signal?: AbortSignal },
  ): Promise<KubeObject>;
  /** A dry run of creating the object: what is wrong with it is thrown, that one of its name `exists` is an answer. */
  tryCreate(
    object: KubeObject,
    options: { fieldManager: string; signal?: AbortSignal },
  ): Promise<"new" | "exists">;
  /** Deletes; an object that is already gone is no error. */
  delete(
    ref: ObjectRef,
    options?: {
      propagationPolicy?: "Background" | "Foreground" | "Orphan";
      preconditionsUid?: string;
      dryRun?: boolean;
      signal?: AbortSignal;
    },
  ): Promise<void>;
  /** Whether the API server would permit it, and its reason. */
  canI(question: AccessQuestion): Promise<{ allowed: boolean; reason: string }>;
}

/** What the agent asks of a Kubernetes API; every method throws ApiError where the server refuses. */
export interface Cluster extends Writes {
  /** Who the cluster is; `simulated` where its version says so. */
  identity(): Promise<{ uid: string; kubernetesVersion: string; simulated: boolean }>;
  /** Namespace of the kubeconfig's context or of the service account; "default" where none is named. */
  readonly defaultNamespace: string;
  /** Which resource serves a kind; undefined where the server has none (yet). Rediscovers on a miss, rate-limited. */
  resourceFor(gvk: GroupVersionKind): Promise<ResourceType | undefined>;
  /** Forgets what discovery said of a group, because a CRD or API service of it has just changed. */
  forgetDiscovery(group?: string): void;
  /** Called whenever discovery was told to forget; returns the function that ends it. */
  onDiscoveryChange(listener: () => void): () => void;
  /** Every resource the server prefers, for a search through all kinds; `unavailable` names group versions that do not answer. */
  resources(): Promise<{ types: ResourceType[]; unavailable: string[] }>;
  /** The OpenAPI v3 document of `apps/v1` or `v1`, cached by the server's hash; undefined where there is none. */
  openApi(groupVersion: string): Promise<OpenApiDocument | undefined>;
  /** The object, or undefined where it or its kind does not exist. */
  get(ref: ObjectRef): Promise<KubeObject | undefined>;
  /** All objects of a kind, in one namespace or everywhere. */
  list(type: ResourceType, namespace?: string, options?: ListOptions): Promise<KubeObject[]>;
  /** One page of a list, for who wants to keep memory small. */
  listPage(type: ResourceType, namespace: string | undefined, options: PageOptions): Promise<ListPage>;
  /**
   * Changes since a resource version, until the server ends the watch or the signal aborts it. The first event
   * is a BOOKMARK at that version: the server has taken the watch.
   */
  watch(type: ResourceType, namespace: string | undefined, options: WatchOptions): AsyncGenerator<WatchEvent>;
  /** The same writes made as a service account, by impersonation. Reads stay the agent's own. */
  as(account: Account): Writes;
  /** API requests made so far, watches included. */
  readonly requests: number;
  /** How many requests were answered how, by method and code such as `GET 200`; the code is 0 where no answer came. */
  readonly answers: ReadonlyMap<string, number>;
  /** Closes the connections. */
  close(): Promise<void>;
}

export type ListOptions = {
  labelSelector?: string;
  fieldSelector?: string;
  metadataOnly?: boolean;
  signal?: AbortSignal;
};
export type PageOptions = ListOptions & { limit?: number; continue?: string };
export type WatchOptions = {
  resourceVersion: string;
  /** No byte for this long, bookmarks included, means that the connection is dead. */
  idleTimeoutMs?: number;
  /** How long the server may keep the watch open. */
  timeoutSeconds?: number;
  signal?: AbortSignal;
};
