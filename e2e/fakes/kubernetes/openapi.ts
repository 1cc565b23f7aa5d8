import { createHash } from "node:crypto";
import type { Json, JsonMap } from "./json.ts";
import type { OpenApiDocument, Recorded } from "./recorded.ts";
import type { ResourceRegistry, ResourceType } from "./resources.ts";
import type { Schema } from "./schema-shape.ts";

const REFERENCE = "#/components/schemas/";
const OBJECT_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";

/** The OpenAPI documents: the recorded ones, and one for each version of custom resources. */
export class OpenApi {
  readonly #recorded: Recorded;
  readonly #registry: ResourceRegistry;
  readonly #hashes = new Map<string, string>();

  constructor(recorded: Recorded, registry: ResourceRegistry) {
    this.#recorded = recorded;
    this.#registry = registry;
  }

  /** The index at /openapi/v3. */
  index(): JsonMap {
    const paths: JsonMap = {};
    for (const path of this.#paths()) {
      paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${this.#hash(path)}` };
    }
    return { paths };
  }

  /** The document below /openapi/v3/. */
  document(path: string): OpenApiDocument | undefined {
    const types = this.#registry.custom().filter((type) => customPath(type) === path);
    if (types.length > 0) return this.#customDocument(types);
    return Object.hasOwn(this.#recorded.openapi, path) ? this.#recorded.openapi[path] : undefined;
  }

  /** The one document at /openapi/v2: its definitions; the paths are left to v3. */
  swagger(): JsonMap {
    const definitions: JsonMap = {};
    for (const path of this.#paths()) {
      for (const [name, schema] of Object.entries(this.document(path)?.components?.schemas ?? {})) {
        definitions[name] ??= toSwagger(schema as unknown as Json);
      }
    }
    const info = { title: "Kubernetes", version: this.#recorded.version };
    return { swagger: "2.0", info, paths: {}, definitions };
  }

  #paths(): string[] {
    return [
      ...new Set([...Object.keys(this.#recorded.openapi), ...this.#registry.custom().map(customPath)]),
    ].sort();
  }

  #hash(path: string): string {
    const isRecorded = Object.hasOwn(this.#recorded.openapi, path);
    const known = isRecorded ? this.#hashes.get(path) : undefined;
    if (known) return known;
    const hash = createHash("sha512")
      .update(JSON.stringify(this.document(path)))
      .digest("hex")
      .toUpperCase();
    if (isRecorded) this.#hashes.set(path, hash);
    return hash;
  }

  #customDocument(types: ResourceType[]): OpenApiDocument {
    const schemas: Record<string, Schema> = { ...this.#metaSchemas() };
    const paths: JsonMap = {};
    for (const type of types) {
      const name = `${type.group.split(".").reverse().join(".")}.${type.version}.${type.kind}`;
      const kind = { group: type.group, version: type.version, kind: type.kind };
      const text: Schema = { type: "string" };
      const metadata: Schema = { allOf: [{ $ref: REFERENCE + OBJECT_META }] };
      const typed = type.schema.type || type.schema.properties;
      schemas[name] = {
        ...type.schema,
        ...(typed && {
          properties: { apiVersion: text, kind: text, metadata, ...withoutHead(type.schema.properties) },
        }),
        "x-kubernetes-group-version-kind": [kind],
      };
      Object.assign(paths, pathsOf(type, kind));
    }
    const info = { title: "Kubernetes CRD Swagger", version: "v0.1.0" };
    return { openapi: "3.0.0", info, paths, components: { schemas } };
  }

  #metaSchemas(): Record<string, Schema> {
    const core = this.#recorded.openapi["api/v1"]?.components?.schemas ?? {};
    return Object.fromEntries(Object.entries(core).filter(([name]) => name.includes(".apis.meta.v1.")));
  }
}

const customPath = (type: ResourceType): string => `apis/${type.group}/${type.version}`;

function withoutHead(properties: Record<string, Schema> = {}): Record<string, Schema> {
  const { apiVersion: _v, kind: _k, metadata: _m, ...rest } = properties;
  return rest;
}

/** Enough of each operation for clients that look for dryRun and fieldValidation. */
function pathsOf(type: ResourceType, kind: JsonMap): JsonMap {
  const parameter = (name: string, schema = "string"): JsonMap => ({
    name,
    in: "query",
    schema: { type: schema },
  });
  const parameters = [parameter("dryRun"), parameter("fieldManager"), parameter("fieldValidation")];
  const operation = (action: string, extra: JsonMap[] = []): JsonMap => ({
    "x-kubernetes-action": action,
    "x-kubernetes-group-version-kind": kind,
    parameters: [...parameters, ...extra],
    responses: {},
  });
  const base = `/${customPath(type)}${type.namespaced ? "/namespaces/{namespace}" : ""}/${type.plural}`;
  return {
    [base]: { get: operation("list"), post: operation("post"), delete: operation("deletecollection") },
    [`${base}/{name}`]: {
      get: operation("get"),
      put: operation("put"),
      patch: operation("patch", [parameter("force", "boolean")]),
      delete: operation("delete"),
    },
  };
}

function toSwagger(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(toSwagger);
  if (typeof schema !== "object" || schema === null) return schema;
  const { allOf, ...rest } = schema;
  const single = Array.isArray(allOf) && allOf.length === 1 ? (allOf[0] as JsonMap) : undefined;
  const out = { ...rest, ...single };
  return Object.fromEntries(
    Object.entries(out).map(([key, value]) =>
      key === "$ref" ? [key, String(value).replace(REFERENCE, "#/definitions/")] : [key, toSwagger(value)],
    ),
  );
}
