import { compileDefinition, type Schema, strippedDefinition } from "./schema.ts";

/** One group-version's OpenAPI v3 document, as `/openapi/v3/apis/…` serves it. */
export type OpenApiDocument = { components?: { schemas?: Record<string, unknown> } };

/** A group, version and kind. */
export type GroupVersionKind = { group: string; version: string; kind: string };

/** The merge schemas of a cluster's kinds. */
export interface Schemas {
  /** The schema of a kind; `undefined` while no document that defines it was added. */
  find(gvk: GroupVersionKind): Schema | undefined;
  /** Takes a further or changed document; what it defines anew replaces what was known. */
  add(document: OpenApiDocument): void;
  /** Takes a kind for unknown until a document that defines it is added. */
  forget(gvk: GroupVersionKind): void;
}

/** Reads OpenAPI v3 documents: keeps only what merging needs, as text, and compiles a kind when it is asked for. */
export function schemasFrom(documents: Iterable<OpenApiDocument>): Schemas {
  const definitions = new Map<string, string>();
  const names = new Map<string, string>();
  const compiled = new Map<string, Schema>();
  /** Every environment brings the same documents, and reading one takes a while. */
  let added = new WeakSet<OpenApiDocument>();
  const resolve = (name: string): Schema | undefined => {
    const known = compiled.get(name);
    if (known) return known;
    const text = definitions.get(name);
    if (text === undefined) return undefined;
    const schema = compileDefinition(name, text, resolve);
    compiled.set(name, schema);
    return schema;
  };
  const add = (document: OpenApiDocument) => {
    if (added.has(document)) return;
    added.add(document);
    for (const [name, definition] of Object.entries(document.components?.schemas ?? {})) {
      const text = strippedDefinition(definition);
      const former = definitions.get(name);
      // Compiled schemas hold on to each other, so one changed definition makes all of them stale.
      if (former !== undefined && former !== text) compiled.clear();
      if (former !== text) definitions.set(name, text);
      for (const key of kindsOf(definition)) names.set(key, name);
    }
  };
  for (const document of documents) add(document);
  return {
    add,
    forget({ group, version, kind }) {
      if (names.delete(`${group}/${version}/${kind}`)) added = new WeakSet();
    },
    find: ({ group, version, kind }) => {
      const name = names.get(`${group}/${version}/${kind}`);
      return name === undefined ? undefined : resolve(name);
    },
  };
}

function kindsOf(definition: unknown): string[] {
  const kinds = (definition as { "x-kubernetes-group-version-kind"?: unknown } | null)?.[
    "x-kubernetes-group-version-kind"
  ];
  if (!Array.isArray(kinds)) return [];
  // DeleteOptions, Status and the like name every group; nobody compares them.
  if (kinds.length > 4) return [];
  return (kinds as GroupVersionKind[]).map(({ group, version, kind }) => `${group}/${version}/${kind}`);
}
