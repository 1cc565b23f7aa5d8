import type { Json } from "./json.ts";
import type { GroupVersionKind, OpenApiDocument } from "./recorded.ts";

/** The part of an OpenAPI v3 schema the server reads. */
export interface Schema {
  type?: string;
  format?: string;
  $ref?: string;
  allOf?: Schema[];
  oneOf?: Schema[];
  anyOf?: Schema[];
  not?: Schema;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  items?: Schema;
  required?: string[];
  enum?: Json[];
  default?: Json;
  nullable?: boolean;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  "x-kubernetes-list-type"?: string;
  "x-kubernetes-list-map-keys"?: string[];
  "x-kubernetes-map-type"?: string;
  "x-kubernetes-patch-strategy"?: string;
  "x-kubernetes-patch-merge-key"?: string;
  "x-kubernetes-preserve-unknown-fields"?: boolean;
  "x-kubernetes-int-or-string"?: boolean;
  "x-kubernetes-embedded-resource"?: boolean;
  "x-kubernetes-group-version-kind"?: GroupVersionKind[];
}

const PREFIX = "#/components/schemas/";

/** Every definition of the recorded documents, by name and by kind. */
export class SchemaLookup {
  readonly #byName = new Map<string, Schema>();
  readonly #byKind = new Map<string, Schema>();
  readonly #names = new WeakMap<Schema, string>();

  constructor(documents: Iterable<OpenApiDocument>) {
    for (const document of documents) {
      for (const [name, schema] of Object.entries(document.components?.schemas ?? {})) {
        if (this.#byName.has(name)) continue;
        this.#byName.set(name, schema);
        this.#names.set(schema, name);
        const kinds = schema["x-kubernetes-group-version-kind"] ?? [];
        if (kinds.length === 1) this.#byKind.set(kindKey(kinds[0]!), schema);
      }
    }
  }

  /** The schema a reference (bare, or the one member of allOf) leads to; else the schema itself. */
  follow(schema: Schema): Schema {
    const ref = schema.$ref ?? (schema.allOf?.length === 1 ? schema.allOf[0]!.$ref : undefined);
    return (ref && this.#byName.get(ref.slice(PREFIX.length))) || schema;
  }

  named(name: string): Schema | undefined {
    return this.#byName.get(name);
  }

  nameOf(schema: Schema): string | undefined {
    return this.#names.get(schema);
  }

  ofKind(kind: GroupVersionKind): Schema | undefined {
    return this.#byKind.get(kindKey(kind));
  }
}

function kindKey({ group, version, kind }: GroupVersionKind): string {
  return `${group}/${version}/${kind}`;
}
