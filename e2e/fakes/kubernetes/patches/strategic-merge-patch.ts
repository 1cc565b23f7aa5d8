import { isMap, type Json, type JsonMap, sameJson } from "../json.ts";
import type { SchemaLookup } from "../schema.ts";
import type { Schema } from "../schema-shape.ts";
import { badRequest } from "../status.ts";

const DIRECTIVE = "$patch";
const RETAIN = "$retainKeys";
const DELETE_LIST = "$deleteFromPrimitiveList/";
const ORDER = "$setElementOrder/";

/** Applies a strategic merge patch: lists merge by the keys the schema declares. */
export function applyStrategicMergePatch(
  target: Json | undefined,
  patch: JsonMap,
  schema: Schema | undefined,
  lookup: SchemaLookup,
): JsonMap {
  const named = schema && lookup.follow(schema);
  if (patch[DIRECTIVE] === "replace") return bare(patch);
  if (patch[DIRECTIVE] === "delete") return {};
  let out: JsonMap = isMap(target) ? { ...target } : {};
  const retained = patch[RETAIN];
  if (Array.isArray(retained)) {
    out = Object.fromEntries(Object.entries(out).filter(([key]) => retained.includes(key)));
  }
  for (const [key, value] of Object.entries(patch)) {
    if (key === DIRECTIVE || key === RETAIN) continue;
    if (key.startsWith(DELETE_LIST)) {
      removeValues(out, key.slice(DELETE_LIST.length), value);
      continue;
    }
    if (key.startsWith(ORDER)) continue;
    if (value === null) {
      delete out[key];
      continue;
    }
    const property = propertyOf(named, key);
    out[key] = mergeValue(out[key], value, property, lookup, patch[ORDER + key]);
  }
  for (const [key, order] of Object.entries(patch)) {
    const field = key.startsWith(ORDER) ? key.slice(ORDER.length) : undefined;
    const list = field && !(field in patch) ? out[field] : undefined;
    if (field && Array.isArray(list) && Array.isArray(order)) {
      out[field] = reorder(list, list, order, keyOf(propertyOf(named, field)));
    }
  }
  return out;
}

function mergeValue(
  target: Json | undefined,
  value: Json,
  property: Schema | undefined,
  lookup: SchemaLookup,
  order: Json | undefined,
): Json {
  if (isMap(value)) {
    const strategy = property?.["x-kubernetes-patch-strategy"] ?? "";
    if (strategy === "replace") return bare(value);
    return applyStrategicMergePatch(target, value, property, lookup);
  }
  const merges = property?.["x-kubernetes-patch-strategy"]?.includes("merge");
  if (!Array.isArray(value) || !property || !merges) return value;
  const current = Array.isArray(target) ? target : [];
  const key = keyOf(property);
  const merged = key ? mergeByKey(current, value, key, property, lookup) : mergeValues(current, value);
  return reorder(merged, current, Array.isArray(order) ? order : value, key);
}

function mergeByKey(
  current: Json[],
  patch: Json[],
  key: string,
  property: Schema,
  lookup: SchemaLookup,
): Json[] {
  let out = [...current];
  if (patch.some((item) => isMap(item) && item[DIRECTIVE] === "replace" && !(key in item))) out = [];
  for (const item of patch) {
    if (!isMap(item)) throw badRequest("a strategic merge patch of a keyed list holds objects");
    if (item[DIRECTIVE] === "replace" && !(key in item)) continue;
    const id = item[key];
    if (id === undefined)
      throw badRequest(`map: ${JSON.stringify(item)} does not contain declared merge key: ${key}`);
    const index = out.findIndex((other) => isMap(other) && sameJson(other[key], id));
    if (item[DIRECTIVE] === "delete") {
      out = out.filter((other) => !isMap(other) || !sameJson(other[key], id));
    } else {
      const merged = applyStrategicMergePatch(out[index], item, property.items, lookup);
      if (index >= 0) out[index] = merged;
      else out.push(merged);
    }
  }
  return out;
}

const mergeValues = (current: Json[], patch: Json[]): Json[] => [
  ...current,
  ...patch.filter((item) => !current.some((other) => sameJson(other, item))),
];

function removeValues(target: JsonMap, key: string, values: Json): void {
  const current = target[key];
  if (!Array.isArray(current) || !Array.isArray(values)) return;
  target[key] = current.filter((item) => !values.some((value) => sameJson(value, item)));
}

/** What an order names comes in that order; items only the server has keep their place among those it knew. */
function reorder(merged: Json[], server: Json[], order: Json[], key: string | undefined): Json[] {
  const same = (a: Json, b: Json): boolean =>
    key ? isMap(a) && isMap(b) && sameJson(a[key], b[key]) : sameJson(a, b);
  const rank = (list: Json[], item: Json): number => list.findIndex((other) => same(other, item));
  const patched = merged.filter((item) => rank(order, item) >= 0);
  patched.sort((a, b) => rank(order, a) - rank(order, b));
  const serverOnly = merged.filter((item) => rank(order, item) < 0);
  const out: Json[] = [];
  for (let i = 0, j = 0; i < serverOnly.length || j < patched.length; ) {
    const left = serverOnly[i];
    const right = patched[j];
    const places =
      left !== undefined && right !== undefined ? [rank(server, left), rank(server, right)] : undefined;
    const isBefore = places
      ? places[0]! >= 0 && places[1]! >= 0 && places[0]! < places[1]!
      : right === undefined;
    out.push(isBefore ? serverOnly[i++]! : patched[j++]!);
  }
  return out;
}

function propertyOf(schema: Schema | undefined, key: string): Schema | undefined {
  if (schema?.properties && Object.hasOwn(schema.properties, key)) return schema.properties[key];
  return isMap(schema?.additionalProperties) ? (schema.additionalProperties as Schema) : undefined;
}

const keyOf = (property: Schema | undefined): string | undefined =>
  property?.["x-kubernetes-patch-merge-key"];

/** A patch that replaces, without its directives. */
function bare(patch: JsonMap): JsonMap {
  return Object.fromEntries(Object.entries(patch).filter(([key]) => !key.startsWith("$")));
}
