import { isMap, type Json, type JsonMap, sameJson } from "../json.ts";
import type { Schema, SchemaLookup } from "../schema.ts";
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
    if (field && !(field in patch)) reorder(out, field, order, keyOf(propertyOf(named, field)));
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
  const holder: JsonMap = { list: merged };
  if (order !== undefined) reorder(holder, "list", order, key);
  return holder.list ?? [];
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

/** Sorts the items an order names; others keep their place behind the item they followed. */
function reorder(target: JsonMap, field: string, order: Json, key: string | undefined): void {
  const list = target[field];
  if (!Array.isArray(list) || !Array.isArray(order)) return;
  const rank = (item: Json): number =>
    order.findIndex((wanted) =>
      key ? isMap(wanted) && isMap(item) && sameJson(wanted[key], item[key]) : sameJson(wanted, item),
    );
  const named = list.filter((item) => rank(item) >= 0).sort((a, b) => rank(a) - rank(b));
  const others = list.filter((item) => rank(item) < 0);
  target[field] = [...named, ...others];
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
