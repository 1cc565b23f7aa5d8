import { isMap, type Json } from "../json.ts";
import type { SchemaLookup } from "../schema.ts";
import type { Schema } from "../schema-shape.ts";

/** The kinds of value a type admits, as structured merge sees them. */
export interface Atom {
  scalar?: "untyped" | "string" | "numeric" | "boolean";
  list?: ListAtom;
  map?: MapAtom;
}

/** A type, resolved when it is needed: schemas may refer to themselves. */
export type TypeRef = () => Atom;

/** A list: one leaf (atomic), or items told apart by keys or, without keys, by value (associative). */
export interface ListAtom {
  atomic: boolean;
  keys: string[];
  element: TypeRef;
  keyDefault(name: string): Json | undefined;
}

/** A struct or map: one leaf (atomic), or owned field by field. */
export interface MapAtom {
  atomic: boolean;
  field(name: string): TypeRef | undefined;
  element: TypeRef | undefined;
}

const untyped: TypeRef = () => ({
  scalar: "untyped",
  list: { atomic: true, keys: [], element: untyped, keyDefault: () => undefined },
  map: { atomic: true, field: () => undefined, element: untyped },
});

/** The type of a value no schema describes: maps by key, lists as one leaf. */
export const deduced: TypeRef = () => ({
  scalar: "untyped",
  list: { atomic: true, keys: [], element: untyped, keyDefault: () => undefined },
  map: { atomic: false, field: () => undefined, element: deduced },
});

const cache = new WeakMap<Schema, Atom>();
const preservingCache = new WeakMap<Schema, Atom>();

/** The structured-merge type of an OpenAPI schema, by the rules of kube-openapi's schemaconv. */
export function typeOf(schema: Schema, lookup: SchemaLookup, preserving = false): TypeRef {
  return () => {
    const named = lookup.follow(schema);
    const preserve = named === schema ? preserving : false;
    const known = preserve ? preservingCache : cache;
    let atom = known.get(named);
    if (!atom) {
      atom = convert(named, lookup, preserve || named["x-kubernetes-preserve-unknown-fields"] === true);
      known.set(named, atom);
    }
    const override = named !== schema ? schema["x-kubernetes-map-type"] : undefined;
    return override && atom.map ? { ...atom, map: { ...atom.map, atomic: override === "atomic" } } : atom;
  };
}

function convert(schema: Schema, lookup: SchemaLookup, preserve: boolean): Atom {
  // What Go keeps as raw bytes is one leaf, whatever is in it.
  if (lookup.nameOf(schema)?.endsWith(".RawExtension")) return untyped();
  switch (schema.type) {
    case undefined:
      return {
        scalar: "untyped",
        list: listAtom(schema, lookup, preserve),
        map: mapAtom(schema, lookup, preserve),
      };
    case "object":
      return { map: mapAtom(schema, lookup, preserve) };
    case "array":
      return { list: listAtom(schema, lookup, preserve) };
    case "integer":
    case "number":
      return { scalar: "numeric" };
    case "boolean":
      return { scalar: "boolean" };
    default:
      return { scalar: !schema.format || schema.format === "byte" ? "string" : "untyped" };
  }
}

function mapAtom(schema: Schema, lookup: SchemaLookup, preserve: boolean): MapAtom {
  const properties = schema.properties ?? {};
  const extra = schema.additionalProperties;
  let element: TypeRef | undefined;
  if (isMap(extra)) element = typeOf(extra as Schema, lookup, preserve);
  else if (extra === true) element = deduced;
  else if (extra === undefined && (preserve || Object.keys(properties).length === 0)) element = deduced;
  return {
    atomic: schema["x-kubernetes-map-type"] === "atomic",
    field: (name) => {
      const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
      return property && typeOf(property, lookup, preserve);
    },
    element,
  };
}

function listAtom(schema: Schema, lookup: SchemaLookup, preserve: boolean): ListAtom {
  const { atomic, keys } = listRelationship(schema);
  const items = schema.items;
  return {
    atomic,
    keys,
    element: items ? typeOf(items, lookup, preserve) : untyped,
    keyDefault: (name) => (items ? lookup.follow(items).properties?.[name]?.default : undefined),
  };
}

function listRelationship(schema: Schema): { atomic: boolean; keys: string[] } {
  const type = schema["x-kubernetes-list-type"];
  if (type) {
    return {
      atomic: type === "atomic",
      keys: type === "map" ? (schema["x-kubernetes-list-map-keys"] ?? []) : [],
    };
  }
  const strategy = schema["x-kubernetes-patch-strategy"];
  if (strategy === "merge" || strategy === "merge,retainKeys") {
    const key = schema["x-kubernetes-patch-merge-key"];
    return { atomic: false, keys: key ? [key] : [] };
  }
  return { atomic: true, keys: [] };
}

/** Narrows a type to the kind of value that is there; anything for an absent or null one. */
export function narrow(atom: Atom, value: Json | undefined): Atom {
  if (value === undefined || value === null) return atom;
  if (Array.isArray(value)) return atom.list ? { list: atom.list } : atom;
  if (isMap(value)) return atom.map ? { map: atom.map } : atom;
  return atom.scalar ? { scalar: atom.scalar } : atom;
}
