/** A JSON value, as masked manifests have it. */
export type Json = null | boolean | number | string | Json[] | JsonMap;
export type JsonMap = { [key: string]: Json };

export const isMap = (value: unknown): value is JsonMap =>
  typeof value === "object" && value !== null && !Array.isArray(value);
export const isList = (value: unknown): value is Json[] => Array.isArray(value);

const FIRST = ["apiVersion", "kind", "metadata", "name", "namespace"];

/** The same value with its keys in the order people write them: what a thing is, its name, and the rest by letter. */
export function ordered(value: Json): Json {
  if (isList(value)) return value.map(ordered);
  if (!isMap(value)) return value;
  const rank = (key: string) => FIRST.indexOf(key) + 1 || FIRST.length + 1;
  const keys = Object.keys(value).sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  return Object.fromEntries(keys.map((key) => [key, ordered(value[key]!)]));
}

/**
 * Which item of a list a path's `[…]` means: `name=quotes`, `containerPort=80,protocol=TCP`, an index, or the
 * item itself; -1 where none is.
 */
export function itemFor(items: readonly Json[], selector: string): number {
  if (/^[^=]+=/.test(selector)) {
    const wanted = selector.split(/,(?=[\w-]+=)/).map((part) => {
      const at = part.indexOf("=");
      return [part.slice(0, at), part.slice(at + 1)] as const;
    });
    return items.findIndex(
      (item) =>
        isMap(item) &&
        wanted.every(([key, text]) => item[key] === undefined || says(item[key], text)) &&
        wanted.some(([key]) => item[key] !== undefined),
    );
  }
  const same = items.findIndex((item) => !isMap(item) && !isList(item) && says(item, selector));
  if (same >= 0) return same;
  return /^\d+$/.test(selector) && Number(selector) < items.length ? Number(selector) : -1;
}

const says = (value: Json, text: string) => String(value) === text || JSON.stringify(value) === text;

const KEYS = ["name", "key", "containerPort", "port", "mountPath", "ip", "host"];

/** The item of `seen` that stands for an item of `items`: the one of the same name, or else at the same place. */
export function partner(items: readonly Json[], at: number, seen: unknown): unknown {
  if (!isList(seen)) return undefined;
  const item = items[at];
  if (!isMap(item)) return items.length === seen.length ? seen[at] : undefined;
  const key = KEYS.find((one) => item[one] !== undefined);
  if (key === undefined) return items.length === seen.length ? seen[at] : undefined;
  return seen.find((other) => isMap(other) && other[key] === item[key]);
}
