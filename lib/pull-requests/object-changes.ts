import { canonicalJson } from "../protocol/canonical.ts";
import type { ObjectChange } from "./schemas.ts";

type Manifests = Map<string, unknown>;
type Fields = ObjectChange["fields"];

const shownFields = 40;
const longestValue = 300;

/**
 * What changes in each object from one rendering to another, field by field, as masked manifests tell it. An object
 * whose manifest never arrived on one side (`undefined` as its value) says so instead of fields.
 */
export function objectChanges(from: Manifests, to: Manifests): ObjectChange[] {
  const keys = [...new Set([...from.keys(), ...to.keys()])].sort();
  return keys.flatMap((key): ObjectChange[] => {
    const [was, is] = [from.has(key), to.has(key)];
    const recorded = (!was || from.get(key) !== undefined) && (!is || to.get(key) !== undefined);
    const one = { key, fields: [], more: 0, recorded };
    if (!was) return [{ ...one, change: "created" }];
    if (!is) return [{ ...one, change: "removed" }];
    if (!recorded) return [{ ...one, change: "changed" }];
    const fields: Fields = [];
    compare(from.get(key), to.get(key), "", fields);
    if (fields.length === 0) return [];
    const more = Math.max(0, fields.length - shownFields);
    return [{ ...one, change: "changed", fields: fields.slice(0, shownFields), more }];
  });
}

function compare(from: unknown, to: unknown, path: string, fields: Fields): void {
  if (isObject(from) && isObject(to)) {
    for (const key of [...new Set([...Object.keys(from), ...Object.keys(to)])].sort())
      compare(from[key], to[key], below(path, key), fields);
  } else if (Array.isArray(from) && Array.isArray(to)) {
    const [before, after] = itemsOf(from, to);
    for (const key of new Set([...before.keys(), ...after.keys()]))
      compare(before.get(key), after.get(key), `${path}[${key}]`, fields);
  } else if (
    canonicalJson(from ?? null) !== canonicalJson(to ?? null) ||
    (from === undefined) !== (to === undefined)
  )
    fields.push({ path: path || ".", from: shown(from), to: shown(to) });
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const below = (path: string, key: string) =>
  /^[\w-]+$/.test(key) ? (path === "" ? key : `${path}.${key}`) : `${path}[${JSON.stringify(key)}]`;

/** Items by name where each has one of its own, as Kubernetes merges most lists; by place otherwise. */
function itemsOf(from: unknown[], to: unknown[]): [Map<string, unknown>, Map<string, unknown>] {
  const named = (list: unknown[]) => {
    const names = list.map((item) =>
      isObject(item) && typeof item.name === "string" ? item.name : undefined,
    );
    return names.every((name) => name !== undefined) && new Set(names).size === names.length;
  };
  const byName = named(from) && named(to);
  const keyed = (list: unknown[]) =>
    new Map(list.map((item, at) => [byName ? `name=${(item as { name: string }).name}` : String(at), item]));
  return [keyed(from), keyed(to)];
}

function shown(value: unknown): string | null {
  if (value === undefined) return null;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text;
}
