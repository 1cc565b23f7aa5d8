import type { ObjectRef } from "../../lib/protocol/object.ts";
import { groupVersion, type KubeObject } from "../object.ts";
import { ApiError } from "./api-error.ts";
import { collectionPath, isSecret, objectPath } from "./paths.ts";
import type { Transport } from "./transport.ts";
import type { AccessQuestion, Account, Cluster, GroupVersionKind, ResourceType, Writes } from "./types.ts";

/** The writes to a cluster, as the agent itself or as a service account that it impersonates. */
export class Writer implements Writes {
  readonly #transport: Transport;
  readonly #cluster: Pick<Cluster, "resourceFor" | "defaultNamespace">;
  readonly #headers: Record<string, string>;

  constructor(
    transport: Transport,
    cluster: Pick<Cluster, "resourceFor" | "defaultNamespace">,
    account?: Account,
  ) {
    this.#transport = transport;
    this.#cluster = cluster;
    // Groups are left to the API server: it gives a service account exactly those that it has, and the agent
    // needs the right to impersonate service accounts alone.
    this.#headers = account
      ? { "impersonate-user": `system:serviceaccount:${account.namespace}:${account.name}` }
      : {};
  }

  async apply(object: KubeObject, options: Parameters<Writes["apply"]>[1]): Promise<KubeObject> {
    const type = await this.#typeOf(object);
    const { body = object } = await this.#transport.send({
      method: "PATCH",
      path: objectPath(type, this.#namespaceOf(object, type), object.metadata.name),
      query: {
        fieldManager: options.fieldManager,
        force: options.force,
        dryRun: options.dryRun ? "All" : undefined,
        // By default the body is parsed a second time, for warnings about keys that stand twice: here none does,
        // and a field that no schema knows is refused by every apply.
        fieldValidation: "Ignore",
      },
      // JSON is YAML, and every server that knows server-side apply takes this type.
      contentType: "application/apply-patch+yaml",
      headers: this.#headers,
      body: object,
      secret: isSecret(type),
      patient: true,
      // Nothing is there yet, and that is all a dry run of it has to say: it would be made as it is asked for.
      bare: (status) => options.dryRun === true && status === 201,
      signal: options.signal,
    });
    return body as KubeObject;
  }

  async tryCreate(
    object: KubeObject,
    options: Parameters<Writes["tryCreate"]>[1],
  ): Promise<"new" | "exists"> {
    const type = await this.#typeOf(object);
    try {
      await this.#transport.send({
        method: "POST",
        path: collectionPath(type, this.#namespaceOf(object, type)),
        query: { fieldManager: options.fieldManager, dryRun: "All" },
        headers: this.#headers,
        body: object,
        secret: isSecret(type),
        patient: true,
        signal: options.signal,
      });
      return "new";
    } catch (error) {
      if (error instanceof ApiError && error.reason === "AlreadyExists") return "exists";
      throw error;
    }
  }

  async delete(ref: ObjectRef, options: NonNullable<Parameters<Writes["delete"]>[1]> = {}): Promise<void> {
    const type = await this.#cluster.resourceFor(ref);
    if (!type) return;
    try {
      await this.#transport.send({
        method: "DELETE",
        path: objectPath(type, ref.namespace, ref.name),
        query: { dryRun: options.dryRun ? "All" : undefined },
        headers: this.#headers,
        body: {
          apiVersion: "v1",
          kind: "DeleteOptions",
          propagationPolicy: options.propagationPolicy ?? "Background",
          ...(options.preconditionsUid ? { preconditions: { uid: options.preconditionsUid } } : {}),
        },
        secret: isSecret(ref),
        patient: true,
        signal: options.signal,
      });
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 404) throw error;
    }
  }

  async canI(question: AccessQuestion): Promise<{ allowed: boolean; reason: string }> {
    const { body } = await this.#transport.send({
      method: "POST",
      path: "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
      headers: this.#headers,
      body: {
        apiVersion: "authorization.k8s.io/v1",
        kind: "SelfSubjectAccessReview",
        spec: { resourceAttributes: question },
      },
    });
    const status = (body as { status?: { allowed?: boolean; reason?: string } })?.status;
    return { allowed: status?.allowed === true, reason: status?.reason ?? "" };
  }

  async #typeOf(object: KubeObject): Promise<ResourceType> {
    const gvk: GroupVersionKind = { ...groupVersion(object.apiVersion), kind: object.kind };
    const type = await this.#cluster.resourceFor(gvk);
    if (type) return type;
    const message = `no API of the server serves ${object.kind} in ${object.apiVersion}`;
    throw new ApiError(404, "NoSuchKind", message);
  }

  #namespaceOf(object: KubeObject, type: ResourceType): string {
    return type.namespaced ? (object.metadata.namespace ?? this.#cluster.defaultNamespace) : "";
  }
}
