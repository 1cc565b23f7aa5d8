/** Any JSON value. */
export type Json = null | boolean | number | string | Json[] | JsonMap;
/** A JSON object. */
export type JsonMap = { [key: string]: Json };

/** An object's metadata, as far as the server itself reads it. */
interface Metadata extends JsonMap {
  name: string;
}

/** A stored Kubernetes object; never changed in place, so that it may be shared. */
export interface KubeObject extends JsonMap {
  apiVersion: string;
  kind: string;
  metadata: Metadata;
}

/** Tells a JSON object from null, lists and scalars. */
export function isMap(value: unknown): value is JsonMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Deep equality of JSON values; the order of keys does not count. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => sameJson(item, b[i]));
  }
  if (!isMap(a) || !isMap(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && sameJson(a[key], b[key]));
}

/** The map at a path below a JSON object, or undefined when something else is there. */
export function mapAt(value: Json | undefined, ...path: string[]): JsonMap | undefined {
  const found = valueAt(value, ...path);
  return isMap(found) ? found : undefined;
}

/** The value at a path below a JSON object, or undefined. */
export function valueAt(value: Json | undefined, ...path: string[]): Json | undefined {
  let current = value;
  for (const key of path) current = isMap(current) ? current[key] : undefined;
  return current;
}

/** The text at a path, or "" when there is none. */
export function textAt(value: Json | undefined, ...path: string[]): string {
  const found = valueAt(value, ...path);
  return typeof found === "string" ? found : "";
}

/** The number at a path, or the fallback. */
export function numberAt(value: Json | undefined, path: string[], fallback: number): number {
  const found = valueAt(value, ...path);
  return typeof found === "number" ? found : fallback;
}

/** The list at a path, or an empty one. */
export function listAt(value: Json | undefined, ...path: string[]): Json[] {
  const found = valueAt(value, ...path);
  return Array.isArray(found) ? found : [];
}
