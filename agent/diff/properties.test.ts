import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FieldChange } from "../../lib/protocol/object.ts";
import type { Json, KubeObject } from "../object.ts";
import { diff, live } from "./test-fixtures.ts";

type Holder = { [key: string]: Json };
type Place = { holder: Holder; key: string };

/** Every place of an object that Git or a person may decide. */
function places(value: Json, path: string[], found: Place[]): Place[] {
  if (value === null || typeof value !== "object") return found;
  const holder = value as Holder;
  for (const key of Object.keys(holder)) {
    if (path.length === 0 && ["apiVersion", "kind", "status"].includes(key)) continue;
    if (path.length === 1 && path[0] === "metadata" && !["labels", "annotations"].includes(key)) continue;
    if (path.length > 0) found.push({ holder, key });
    places(holder[key] as Json, [...path, key], found);
  }
  return found;
}

const oddity = fc.oneof(
  fc.constantFrom<Json>("", "x", "100m", "TCP", 0, 1, false, true, null),
  fc.constant<Json>([]),
  fc.constant<Json>({}),
);
const edit = fc.record({
  at: fc.nat(),
  how: fc.constantFrom("set", "drop", "add", "twice", "reverse"),
  value: oddity,
});
const edits = fc.array(edit, { maxLength: 4 });
const pair = fc.constantFrom(...live);

function edited(original: KubeObject, changes: { at: number; how: string; value: Json }[]): KubeObject {
  const copy = structuredClone(original);
  for (const { at, how, value: given } of changes) {
    const value = structuredClone(given);
    const all = places(copy as Json, [], []);
    const place = all[at % Math.max(all.length, 1)];
    if (!place) continue;
    const { holder, key } = place;
    const current = holder[key] as Json;
    if (how === "drop" && Array.isArray(holder)) holder.splice(Number(key), 1);
    else if (how === "drop") delete holder[key];
    else if (how === "reverse" && Array.isArray(current)) current.reverse();
    else if (how === "twice" && Array.isArray(current) && current.length > 0) current.push(value);
    else if (how === "add" && current !== null && typeof current === "object" && !Array.isArray(current))
      current.extra = value;
    else holder[key] = value;
  }
  return copy;
}

/** Does to an object what a change set says: values first, then new items, then removals from the end. */
function applied(observed: KubeObject, changes: FieldChange[]): KubeObject {
  const copy = structuredClone(observed);
  const sorted = changes.filter(({ counts }) => counts);
  const removals = sorted
    .filter(({ type }) => type === "removed")
    .sort((a, b) => b.pointer.localeCompare(a.pointer, "en", { numeric: true }));
  const others = sorted.filter(({ type }) => type !== "removed");
  for (const change of [...others, ...removals]) {
    const segments = change.pointer
      .slice(1)
      .split("/")
      .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
    const last = segments.pop() as string;
    let holder = copy as unknown as Holder;
    for (const segment of segments) {
      if (holder[segment] === undefined || holder[segment] === null) holder[segment] = {};
      holder = holder[segment] as Holder;
    }
    if (change.type === "removed" && Array.isArray(holder)) holder.splice(Number(last), 1);
    else if (change.type === "missing" && Array.isArray(holder))
      holder.push(structuredClone(change.desired) as Json);
    else if (change.type === "removed" || change.desired === null) delete holder[last];
    else holder[last] = structuredClone(change.desired) as Json;
  }
  return copy;
}

function shuffled(value: Json, seed: number): Json {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map((item) => shuffled(item, seed));
  const keys = Object.keys(value).sort(
    (a, b) => ((a.length * seed) % 7) - ((b.length * seed) % 7) || (a < b ? 1 : -1),
  );
  return Object.fromEntries(keys.map((key) => [key, shuffled(value[key] as Json, seed)]));
}

describe("for every object, edited on either side", () => {
  it("applying the change set leaves nothing that differs", () => {
    fc.assert(
      fc.property(pair, edits, edits, (one, git, cluster) => {
        const desired = edited(one.desired, git);
        let observed = edited(one.observed, cluster);
        // New items are put last, so that a further round may have their order to settle.
        for (let round = 0; round < 3; round++) {
          const { differs, changes } = diff(desired, observed);
          if (!differs) return;
          observed = applied(observed, changes);
        }
        expect(diff(desired, observed).changes.filter(({ counts }) => counts)).toEqual([]);
      }),
      { numRuns: 1500, endOnFailure: true },
    );
  });

  it("a difference always has a change that counts, and only then", () => {
    fc.assert(
      fc.property(pair, edits, edits, (one, git, cluster) => {
        const { differs, changes } = diff(edited(one.desired, git), edited(one.observed, cluster));
        expect(changes.some(({ counts }) => counts)).toBe(differs);
      }),
      { numRuns: 500, endOnFailure: true },
    );
  });

  it("the order of keys means nothing", () => {
    fc.assert(
      fc.property(pair, edits, fc.integer({ min: 1, max: 50 }), (one, cluster, seed) => {
        const observed = edited(one.observed, cluster);
        const straight = diff(one.desired, observed);
        const mixed = diff(
          shuffled(one.desired as Json, seed) as KubeObject,
          shuffled(observed as Json, seed) as KubeObject,
        );
        const told = ({ changes }: typeof straight) =>
          changes.map(({ type, pointer }) => `${type} ${pointer}`).sort();
        expect(told(mixed)).toEqual(told(straight));
      }),
      { numRuns: 500, endOnFailure: true },
    );
  });

  it("neither side is changed", () => {
    fc.assert(
      fc.property(pair, edits, (one, cluster) => {
        const observed = edited(one.observed, cluster);
        const before = JSON.stringify([one.desired, observed]);
        diff(one.desired, observed, { additionsCount: true });
        expect(JSON.stringify([one.desired, observed])).toBe(before);
      }),
      { numRuns: 200, endOnFailure: true },
    );
  });
});
