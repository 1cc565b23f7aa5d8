import { isMap, type Json, type JsonMap } from "./json.ts";
import type { SchemaLookup } from "./schema.ts";
import type { Schema } from "./schema-shape.ts";

/** Paths of fields a schema does not know, as Kubernetes prints them: `spec.template.spec.containers[0].imag`. */
export function unknownFields(value: JsonMap, schema: Schema, lookup: SchemaLookup): string[] {
  const found: string[] = [];
  visit(value, schema, lookup, "", found);
  return found;
}

function visit(value: Json, schema: Schema, lookup: SchemaLookup, path: string, found: string[]): void {
  const named = lookup.follow(schema);
  if (Array.isArray(value)) {
    const { items } = named;
    if (items) for (const [i, item] of value.entries()) visit(item, items, lookup, `${path}[${i}]`, found);
    return;
  }
  if (!isMap(value)) return;
  const extra = isMap(named.additionalProperties) ? (named.additionalProperties as Schema) : undefined;
  for (const [key, item] of Object.entries(value)) {
    const below = path ? `${path}.${key}` : key;
    const property = ownProperty(named, key) ?? extra;
    if (property) visit(item, property, lookup, below, found);
    else if (named.properties && !preserves(named) && !isRootField(path, key)) found.push(below);
  }
}

const preserves = (schema: Schema): boolean =>
  schema["x-kubernetes-preserve-unknown-fields"] === true || schema.additionalProperties === true;

const isRootField = (path: string, key: string): boolean =>
  path === "" && (key === "apiVersion" || key === "kind" || key === "metadata");

function ownProperty(schema: Schema, key: string): Schema | undefined {
  return schema.properties && Object.hasOwn(schema.properties, key) ? schema.properties[key] : undefined;
}
