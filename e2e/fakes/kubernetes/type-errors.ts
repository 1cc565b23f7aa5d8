import { isMap, type Json } from "./json.ts";
import type { SchemaLookup } from "./schema.ts";
import type { Schema } from "./schema-shape.ts";

/** The first value that cannot be decoded into its type, in Go's words; undefined when all can. */
export function typeError(value: Json, schema: Schema, lookup: SchemaLookup): string | undefined {
  return visit(value, schema, lookup, { struct: "", path: "" });
}

interface Place {
  struct: string;
  path: string;
}

function visit(value: Json, schema: Schema, lookup: SchemaLookup, place: Place): string | undefined {
  if (value === null) return undefined;
  const named = lookup.follow(schema);
  if (schema["x-kubernetes-int-or-string"] || named.oneOf || !named.type) return undefined;
  const mismatch = mismatchOf(value, named);
  if (mismatch) {
    const field = place.path ? `Go struct field ${place.struct}.${place.path} of type` : "Go value of type";
    return `json: cannot unmarshal ${mismatch} into ${field} ${goType(named, lookup)}`;
  }
  if (Array.isArray(value) && named.items) {
    return first(value, (item) => visit(item, named.items!, lookup, place));
  }
  if (!isMap(value)) return undefined;
  const struct = lookup.nameOf(named)?.split(".").at(-1) ?? place.struct;
  const extra = isMap(named.additionalProperties) ? (named.additionalProperties as Schema) : undefined;
  return first(Object.entries(value), ([key, item]) => {
    const property =
      named.properties && Object.hasOwn(named.properties, key) ? named.properties[key] : undefined;
    const path = place.path ? `${place.path}.${key}` : key;
    if (property) return visit(item, property, lookup, { struct, path });
    return extra ? visit(item, extra, lookup, place) : undefined;
  });
}

function first<T>(items: T[], check: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = check(item);
    if (found) return found;
  }
  return undefined;
}

function mismatchOf(value: Json, schema: Schema): string | undefined {
  const actual = Array.isArray(value) ? "array" : isMap(value) ? "object" : typeof value;
  switch (schema.type) {
    case "integer":
      if (actual !== "number") return named(actual);
      return Number.isInteger(value) ? undefined : `number ${value}`;
    case "boolean":
      return actual === "boolean" ? undefined : named(actual);
    case "string":
      return actual === "string" ? undefined : named(actual);
    case "number":
      return actual === "number" ? undefined : named(actual);
    case "array":
      return actual === "array" ? undefined : named(actual);
    default:
      return actual === "object" ? undefined : named(actual);
  }
}

const named = (actual: string): string => (actual === "boolean" ? "bool" : actual);

function goType(schema: Schema, lookup: SchemaLookup): string {
  if (schema.type === "integer") return schema.format ?? "int64";
  if (schema.type === "boolean") return "bool";
  if (schema.type === "array")
    return `[]${schema.items ? goType(lookup.follow(schema.items), lookup) : "interface {}"}`;
  const name = lookup.nameOf(schema);
  if (name) return name.split(".").slice(-2).join(".");
  if (schema.type !== "object") return schema.type ?? "interface {}";
  return isMap(schema.additionalProperties) ? "map[string]string" : "map[string]interface {}";
}
