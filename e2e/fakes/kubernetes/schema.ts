import type { GroupVersionKind, OpenApiDocument } from "./recorded.ts";
import type { Schema } from "./schema-shape.ts";

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
