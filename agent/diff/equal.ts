import type { Json } from "../object.ts";
import { ALLOCATED, COMPUTED, serverDefault } from "./defaults.ts";
import { keepsZero } from "./pointer-fields.ts";
import { sameDuration, sameQuantity } from "./quantity.ts";
import type { Schema } from "./schema.ts";

/** A JSON object, as parsed: its keys are own keys and may be `__proto__`. */
export type JsonMap = { [key: string]: Json };

/** Beyond this depth values are compared as they stand; no schema of Kubernetes is that deep. */
export const MAX_DEPTH = 100;

/** Whether a value is a JSON object. */
export function isMap(value: unknown): value is JsonMap {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** An own key's value; a label may be called `constructor`. */
export function own(map: JsonMap, key: string): Json | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

/** Whether two scalars are the same to the API server. */
export function sameScalar(schema: Schema, desired: Json, observed: Json): boolean {
  if (desired === observed) return true;
  switch (schema.scalar) {
    case "quantity":
      return sameQuantity(desired, observed);
    case "duration":
      return sameDuration(desired, observed);
    case "time":
      return sameInstant(desired, observed);
    case "bytes":
      return typeof desired === "string" && typeof observed === "string" && sameBytes(desired, observed);
    default:
      return false;
  }
}

function sameInstant(left: Json, right: Json): boolean {
  if (typeof left !== "string" || typeof right !== "string") return false;
  const instant = Date.parse(left);
  return !Number.isNaN(instant) && instant === Date.parse(right);
}

function sameBytes(left: string, right: string): boolean {
  const plain = (text: string) => text.replace(/[\r\n]/g, "");
  return plain(left) === plain(right);
}

/** null, "", 0, false, and what holds nothing: what a Go struct may leave out when written as JSON. */
export function isZero(value: Json): boolean {
  if (value === null || value === "" || value === 0 || value === false) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

/** Whether the server leaves an explicit zero value of a field out, so that it equals an absent one. */
export function dropsZero(parent: Schema, name: string, field: Schema | undefined, value: Json): boolean {
  if (value === null) return true;
  if (!parent.typed || parent.shape !== "struct" || !field || !isZero(value)) return false;
  if (field.shape === "any") return false;
  // An empty struct behind a Go pointer (`emptyDir: {}`) says something; an empty map or list does not.
  if (field.shape === "struct") return false;
  if (field.shape === "map" || field.shape === "list") return true;
  return !keepsZero(parent.type, name);
}

/**
 * Whether an observed value is what the server fills in where a field is not set. `around` is the map that
 * holds it; `certain` asks for values that are filled in for sure, rather than maybe.
 */
export function isFilledIn(
  parent: Schema,
  name: string,
  observed: Json,
  around?: JsonMap,
  certain = false,
): boolean {
  const field = parent.field(name);
  const declared = field?.defaultValue;
  // An explicit null where the default would be something else.
  if (observed === null) return !field?.nullable || declared === undefined || declared === null;
  if (parent.shape !== "struct") return false;
  if (field && declared !== undefined && matchesDefault(field, declared, observed, 0)) return true;
  if (!parent.typed || !field) return false;
  const filled = serverDefault(parent.type, name);
  if (filled === ALLOCATED) return true;
  if (filled === COMPUTED) return !certain;
  if (typeof filled === "function") return around === undefined || sameDeep(filled(around), observed);
  if (filled !== undefined && matchesDefault(field, filled, observed, 0)) return true;
  // A struct that is always written, even empty, is declared with `{}` for its default.
  if (field.shape === "any" || field.shape === "struct") return false;
  return isZero(observed) && !keepsZero(parent.type, name);
}

/** A default of `{}` is filled in further by the defaults of its own fields. */
function matchesDefault(field: Schema, filled: Json, observed: Json, depth: number): boolean {
  if (!isMap(filled) || !isMap(observed)) return sameWhole(field, filled, observed, depth);
  for (const key of Object.keys(observed)) {
    const value = own(filled, key);
    const ok =
      value === undefined
        ? isFilledIn(field, key, observed[key] as Json, observed)
        : sameWhole(field.field(key) ?? field, value, observed[key] as Json, depth + 1);
    if (!ok) return false;
  }
  return Object.keys(filled).every((key) => own(observed, key) !== undefined);
}

/**
 * Whether replacing `observed` by `desired` as a whole, as server-side apply does with atomic values,
 * would leave it as it is once the server has filled in its defaults.
 */
export function sameWhole(schema: Schema, desired: Json, observed: Json, depth = 0): boolean {
  if (desired === observed) return true;
  if (depth > MAX_DEPTH) return sameDeep(desired, observed);
  if (Array.isArray(desired)) {
    if (!Array.isArray(observed)) return observed === null && schema.typed && desired.length === 0;
    if (desired.length !== observed.length) return false;
    const item = schema.item();
    if (schema.unordered) return sameUnordered(item, desired, observed, depth);
    return desired.every((value, index) => sameWhole(item, value, observed[index] as Json, depth + 1));
  }
  if (isMap(desired)) {
    if (!isMap(observed)) return observed === null && schema.typed && Object.keys(desired).length === 0;
    return sameWholeMap(schema, desired, observed, depth);
  }
  if (desired === null) return schema.typed && isZero(observed);
  return sameScalar(schema, desired, observed);
}

function sameUnordered(item: Schema, desired: Json[], observed: Json[], depth: number): boolean {
  const left = [...observed];
  return desired.every((value) => {
    const index = left.findIndex((other) => sameWhole(item, value, other, depth + 1));
    if (index >= 0) left.splice(index, 1);
    return index >= 0;
  });
}

function sameWholeMap(schema: Schema, desired: JsonMap, observed: JsonMap, depth: number): boolean {
  for (const key in desired) {
    const value = desired[key] as Json;
    const field = schema.field(key);
    if (field === undefined && schema.prunes) continue;
    const actual = own(observed, key);
    if (actual === undefined) {
      if (!dropsZero(schema, key, field, value)) return false;
    } else if (!sameWhole(field ?? schema, value, actual, depth + 1)) {
      const unset = value === null ? !field?.nullable : dropsZero(schema, key, field, value);
      if (!unset || !isFilledIn(schema, key, actual, observed)) return false;
    }
  }
  for (const key in observed) {
    if (!Object.hasOwn(desired, key) && !isFilledIn(schema, key, observed[key] as Json, observed))
      return false;
  }
  return true;
}

/** Plain equality of JSON values with an explicit stack, so that no depth of nesting ends the process. */
export function sameDeep(left: Json, right: Json): boolean {
  const stack: [Json | undefined, Json | undefined][] = [[left, right]];
  for (let pair = stack.pop(); pair; pair = stack.pop()) {
    const [a, b] = pair;
    if (a === b) continue;
    if (typeof a !== "object" || typeof b !== "object" || !a || !b) return false;
    if (Array.isArray(a) !== Array.isArray(b)) return false;
    const keys = Object.keys(a);
    if (keys.length !== Object.keys(b).length) return false;
    for (const key of keys) {
      if (!Object.hasOwn(b, key)) return false;
      stack.push([(a as JsonMap)[key], (b as JsonMap)[key]]);
    }
  }
  return true;
}
