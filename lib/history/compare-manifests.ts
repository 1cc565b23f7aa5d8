import type { z } from "zod";

export type Json = z.infer<ReturnType<typeof z.json>>;

/** One field that two manifests have differently; a side is absent where it has no such field. */
export type FieldDifference = { path: string; before?: Json; after?: Json };

/** What names a list's items, the first that all of them have and that is no one's twice. */
const identities = [
  "name",
  "key",
  "containerPort",
  "port",
  "mountPath",
  "devicePath",
  "topologyKey",
  "type",
  "ip",
  "uid",
];
/** Deeper than any manifest: what is nested further is compared as a whole. */
const maxDepth = 60;

/** The fields in which two masked manifests differ, in the order of their keys; lists by what names their items. */
export function compareManifests(before: Json, after: Json): FieldDifference[] {
  const found: FieldDifference[] = [];
  compare("", before, after, found, 0);
  return found;
}

function compare(
  path: string,
  before: Json | undefined,
  after: Json | undefined,
  found: FieldDifference[],
  depth: number,
) {
  if (before !== undefined && after !== undefined && depth < maxDepth) {
    if (isObject(before) && isObject(after)) {
      for (const key of new Set([...Object.keys(before), ...Object.keys(after)]))
        compare(join(path, key), own(before, key), own(after, key), found, depth + 1);
      return;
    }
    if (Array.isArray(before) && Array.isArray(after)) {
      const identity = identities.find((one) => names(one, before) && names(one, after));
      if (identity) return compareNamed(path, identity, before as Named[], after as Named[], found, depth);
      if (before.length === after.length && before.some(isContainer)) {
        for (const [index, item] of before.entries())
          compare(`${path}[${index}]`, item, after[index], found, depth + 1);
        return;
      }
    }
  }
  if (JSON.stringify(before) === JSON.stringify(after)) return;
  found.push({
    path,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  });
}

type Named = Record<string, Json>;

function compareNamed(
  path: string,
  identity: string,
  before: Named[],
  after: Named[],
  found: FieldDifference[],
  depth: number,
) {
  const [olds, news] = [byName(identity, before), byName(identity, after)];
  for (const name of new Set([...olds.keys(), ...news.keys()]))
    compare(`${path}[${identity}=${name}]`, olds.get(name), news.get(name), found, depth + 1);
  const order = (one: Map<string, Named>, other: Map<string, Named>) =>
    [...one.keys()].filter((name) => other.has(name));
  if (order(olds, news).join("\n") === order(news, olds).join("\n")) return;
  // Init containers run in their order, so that moving one is a change.
  found.push({ path: `${path} (order)`, before: [...olds.keys()], after: [...news.keys()] });
}

const byName = (identity: string, items: Named[]) =>
  new Map(items.map((item) => [String(item[identity]), item]));

function names(identity: string, items: Json[]): boolean {
  if (items.length === 0) return true;
  const seen = items.map((item) => (isObject(item) ? own(item, identity) : undefined));
  return (
    seen.every((name) => typeof name === "string" || typeof name === "number") &&
    new Set(seen.map(String)).size === seen.length
  );
}

const isContainer = (value: Json) => typeof value === "object" && value !== null;
const isObject = (value: Json | undefined): value is Record<string, Json> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const own = (value: Record<string, Json>, key: string): Json | undefined =>
  Object.hasOwn(value, key) ? value[key] : undefined;

/** Keys that are no plain words stand in brackets: `metadata.annotations["example.com/x"]`. */
const join = (path: string, key: string) =>
  /^[A-Za-z_][\w-]*$/.test(key) ? (path ? `${path}.${key}` : key) : `${path}["${key}"]`;
