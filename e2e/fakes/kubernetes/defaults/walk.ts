import { isMap, type Json, type JsonMap } from "../json.ts";
import type { SchemaLookup } from "../schema.ts";
import type { Schema } from "../schema-shape.ts";
import { CORE_DEFAULTS } from "./core.ts";
import { OTHER_DEFAULTS } from "./others.ts";
import type { Defaulter } from "./set.ts";
import { WORKLOAD_DEFAULTS } from "./workloads.ts";

const DEFAULTERS = new Map<string, Defaulter>(
  Object.entries({ ...CORE_DEFAULTS, ...WORKLOAD_DEFAULTS, ...OTHER_DEFAULTS }),
);

/** Fills a built-in object's defaults in place: those its OpenAPI declares and those Kubernetes sets in Go. */
export function setDefaults(object: JsonMap, schema: Schema, lookup: SchemaLookup): void {
  visit(object, schema, lookup, object);
}

function visit(value: Json | undefined, schema: Schema, lookup: SchemaLookup, root: JsonMap): void {
  const named = lookup.follow(schema);
  if (Array.isArray(value)) {
    if (named.items) for (const item of value) visit(item, named.items, lookup, root);
    return;
  }
  if (!isMap(value)) return;
  const name = lookup.nameOf(named)?.replace(/^io\.k8s\./, "");
  if (name) DEFAULTERS.get(name)?.(value, root);
  for (const [key, property] of Object.entries(named.properties ?? {})) {
    const declared = property.default;
    if (value[key] === undefined && isMeaningful(declared)) value[key] = structuredClone(declared);
    if (key in value) visit(value[key], property, lookup, root);
  }
  if (isMap(named.additionalProperties)) {
    for (const item of Object.values(value)) visit(item, named.additionalProperties as Schema, lookup, root);
  }
}

/** Declared zero values only say that the Go field is no pointer. */
function isMeaningful(value: Json | undefined): value is Json {
  return value !== undefined && value !== "" && value !== 0 && value !== false && !isMap(value);
}
