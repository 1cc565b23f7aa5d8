import { isMap, type Json, type JsonMap } from "./json.ts";
import type { Schema } from "./schema-shape.ts";

/** A custom resource without what its structural schema does not know, and with the defaults it declares. */
export function shapeCustom(value: JsonMap, schema: Schema): JsonMap {
  const { apiVersion, kind, metadata, ...rest } = value;
  const shaped = shape(rest, { ...schema, type: "object" }, false) as JsonMap;
  const head: JsonMap = { apiVersion: apiVersion ?? "", kind: kind ?? "", metadata: metadata ?? {} };
  return { ...head, ...shaped };
}

function shape(value: Json, schema: Schema, embedded: boolean): Json {
  if (Array.isArray(value))
    return value.map((item) => (schema.items ? shape(item, schema.items, false) : item));
  if (!isMap(value)) return value;
  const properties = schema.properties ?? {};
  const extra = schema.additionalProperties;
  const keep = schema["x-kubernetes-preserve-unknown-fields"] === true || extra === true;
  const out: JsonMap = {};
  for (const [key, item] of Object.entries(value)) {
    const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (property) {
      if (item === null && !property.nullable && property.default !== undefined) continue;
      out[key] = shape(item, property, property["x-kubernetes-embedded-resource"] === true);
    } else if (isMap(extra)) out[key] = shape(item, extra as Schema, false);
    else if (keep || (embedded && ["apiVersion", "kind", "metadata"].includes(key))) out[key] = item;
  }
  for (const [key, property] of Object.entries(properties)) {
    if (out[key] === undefined && property.default !== undefined) {
      out[key] = shape(structuredClone(property.default), property, false);
    }
  }
  return out;
}
