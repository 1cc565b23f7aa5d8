import { Agent, request } from "undici";
import { groupVersion, type Json, type KubeObject } from "../object.ts";
import { type OpenApiDocument, type Schemas, schemasFrom } from "./index.ts";
import { escapePointer } from "./path.ts";

export type Answer = { status: number; body: { [key: string]: Json } };
type Access = { server: string; adminToken: string; caData: string };
type Resource = { base: string; name: string; namespaced: boolean };

export const NAMESPACE = "referee";

/** A real API server, asked what server-side apply would do. */
export class Referee {
  readonly #access: Access;
  readonly #dispatcher: Agent;
  readonly #resources = new Map<string, Resource>();
  readonly #scalable = new Set<string>();

  constructor(access: Access) {
    this.#access = access;
    this.#dispatcher = new Agent({ connect: { ca: access.caData } });
  }

  close(): Promise<void> {
    return this.#dispatcher.destroy();
  }

  async call(
    method: "GET" | "PUT" | "POST" | "PATCH" | "DELETE",
    path: string,
    body?: Json | KubeObject,
  ): Promise<Answer> {
    const type = method === "PATCH" ? "application/apply-patch+yaml" : "application/json";
    const response = await request(`${this.#access.server}${path}`, {
      method,
      dispatcher: this.#dispatcher,
      headers: {
        authorization: `Bearer ${this.#access.adminToken}`,
        ...(body ? { "content-type": type } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.body.text();
    const isJson = text.startsWith("{");
    return { status: response.statusCode, body: isJson ? JSON.parse(text) : { message: text } };
  }

  /** Learns which kinds are served, and under which paths. */
  async discover(): Promise<void> {
    const { body } = await this.call("GET", "/apis");
    const groups = body.groups as { versions: { groupVersion: string }[] }[];
    const versions = groups.flatMap((group) => group.versions.map((one) => one.groupVersion));
    for (const version of ["v1", ...versions]) {
      const base = version === "v1" ? "/api/v1" : `/apis/${version}`;
      const list = (await this.call("GET", base)).body.resources as (Omit<Resource, "base"> & {
        kind: string;
      })[];
      const names = new Set((list ?? []).map(({ name }) => name));
      for (const one of list ?? []) {
        if (one.name.includes("/")) continue;
        this.#resources.set(`${version}/${one.kind}`, { ...one, base });
        if (names.has(`${one.name}/scale`)) this.#scalable.add(`${version}/${one.kind}`);
      }
    }
  }

  /** Whether a kind has the scale subresource. */
  scales({ apiVersion, kind }: KubeObject): boolean {
    return this.#scalable.has(`${apiVersion}/${kind}`);
  }

  async schemas(): Promise<Schemas> {
    const { paths } = (await this.call("GET", "/openapi/v3")).body as {
      paths: { [path: string]: { serverRelativeURL: string } };
    };
    const schemas = schemasFrom([]);
    for (const [path, { serverRelativeURL }] of Object.entries(paths))
      if (/^(api\/v1|apis\/[^/]+\/[^/]+)$/.test(path))
        schemas.add((await this.call("GET", serverRelativeURL)).body as OpenApiDocument);
    return schemas;
  }

  path(object: KubeObject, query = ""): string | undefined {
    const resource = this.#resources.get(`${object.apiVersion}/${object.kind}`);
    if (!resource) return undefined;
    const namespace = object.metadata.namespace ?? NAMESPACE;
    const scope = resource.namespaced ? `/namespaces/${namespace}` : "";
    return `${resource.base}${scope}/${resource.name}/${object.metadata.name}${query}`;
  }

  apply(object: KubeObject, dryRun = false, manager = "plumbline"): Promise<Answer> {
    const query = `?fieldManager=${manager}&force=true${dryRun ? "&dryRun=All" : ""}`;
    return this.call("PATCH", this.path(object, query) ?? "/", object);
  }
}

/** Where two objects differ but for what every write changes; amounts count as what they are worth. */
export function changedPaths(before: Json | undefined, after: Json | undefined, path = ""): string[] {
  if (/^\/(status|metadata\/(managedFields|resourceVersion|generation|uid|creationTimestamp))$/.test(path))
    return [];
  if ((before ?? null) === (after ?? null)) return [];
  if (
    before &&
    after &&
    typeof before === "object" &&
    typeof after === "object" &&
    Array.isArray(before) === Array.isArray(after)
  ) {
    const [left, right] = [before as { [key: string]: Json }, after as { [key: string]: Json }];
    return [...new Set([...Object.keys(left), ...Object.keys(right)])].flatMap((key) =>
      changedPaths(left[key], right[key], `${path}/${escapePointer(key)}`),
    );
  }
  return [path];
}

export const gvkOf = (object: KubeObject) => ({ ...groupVersion(object.apiVersion), kind: object.kind });
