import type { Side } from "./schemas.ts";

/** An object of one side or of both, with the digest of its manifest in each. */
export type Pair = { key: string; before?: string; after?: string };

/**
 * Pairs the objects of two renderings by their keys; then those left over that are the same but for the namespace, where
 * there is one of each, so that two environments can be compared. In the order of their keys.
 */
export function pairObjects(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): Pair[] {
  const pairs: Pair[] = [];
  const moved = { before: new Map<string, string[]>(), after: new Map<string, string[]>() };
  const note = (into: Map<string, string[]>, key: string) => {
    const name = withoutNamespace(key);
    into.set(name, [...(into.get(name) ?? []), key]);
  };
  for (const [key, digest] of before) {
    const other = after.get(key);
    if (other) pairs.push({ key, before: digest, after: other });
    else note(moved.before, key);
  }
  for (const key of after.keys()) if (!before.has(key)) note(moved.after, key);
  for (const [name, keys] of moved.before) {
    const others = moved.after.get(name) ?? [];
    if (keys.length === 1 && others.length === 1) {
      pairs.push({ key: others[0]!, before: before.get(keys[0]!)!, after: after.get(others[0]!)! });
      moved.after.delete(name);
    } else for (const key of keys) pairs.push({ key, before: before.get(key)! });
  }
  for (const keys of moved.after.values())
    for (const key of keys) pairs.push({ key, after: after.get(key)! });
  return pairs.sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** `group/kind/namespace/name` without its namespace. */
function withoutNamespace(key: string): string {
  const [group, kind, , ...name] = key.split("/");
  return [group, kind, ...name].join("/");
}

/** Where a Git host compares two commits; null for a repository that is not on the web. */
export function gitCompareUrl(repository: string, from: string, to: string): string | null {
  const ssh = /^(?:ssh:\/\/)?git@([^:/]+)[:/](.+)$/.exec(repository);
  const url = ssh ? `https://${ssh[1]}/${ssh[2]}` : repository;
  if (from === to || !/^https?:\/\//i.test(url) || !URL.canParse(url)) return null;
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname.replace(/\.git$/, "").replace(/\/$/, "")}/compare/${from}...${to}`;
}

/** The instant before which nothing is kept, `months` ago by the calendar (UTC); null where all is kept. */
export function expiry(months: number | null, now: Date): Date | null {
  if (months === null) return null;
  const then = new Date(now);
  const day = then.getUTCDate();
  then.setUTCDate(1);
  then.setUTCMonth(then.getUTCMonth() - months);
  const last = new Date(Date.UTC(then.getUTCFullYear(), then.getUTCMonth() + 1, 0)).getUTCDate();
  then.setUTCDate(Math.min(day, last));
  return then;
}

/** A side of a comparison as it stands in an address: `<environment>:<kind>:<value>`. */
export const writeSide = ({ environmentId, kind, value }: Side) =>
  [environmentId, kind, ...(kind === "now" ? [] : [value])].join(":");
