import fc from "fast-check";
import { expect, it } from "vitest";
import { objectKey, type ResourceStatus } from "../../lib/protocol/object.ts";
import type { Report } from "../../lib/protocol/report.ts";
import { deltaSince, type Known } from "./delta.ts";
import { mergeReports } from "./merge.ts";
import { sizeOf, splitReport, withoutDetail } from "./shrink.ts";
import { resource, snapshot, sync } from "./test-reports.ts";

/** States of one environment: which objects there are, and in how many fields each differs. */
const states = fc.array(fc.dictionary(fc.constantFrom("a", "b", "c", "d", "e"), fc.nat(3)), {
  minLength: 1,
  maxLength: 8,
});
type Held = Map<string, ResourceStatus>;

/** What a server holds after a report. */
function recorded(held: Held, report: Report): Held {
  const next: Held = report.base === null ? new Map() : new Map(held);
  for (const key of report.removed) next.delete(key);
  for (const status of report.resources) next.set(objectKey(status.ref), status);
  return next;
}

function reportsOf(history: Record<string, number>[]): Report[] {
  let known: Known | null = null;
  return history.map((state, index) => {
    const resources = Object.entries(state).map(([name, changes]) => resource(name, changes));
    const delta = deltaSince(known, snapshot("prod", resources, index), [sync(`sync ${index}`)]);
    const base = known === null ? null : index;
    known = delta.known;
    return { ...delta.body, stream: "00000000-0000-4000-8000-000000000000", sequence: index + 1, base };
  });
}

const verdicts = (held: Held) => [...held].map(([key, { changes }]) => `${key} ${changes.length}`).sort();
const wanted = (state: Record<string, number>) =>
  Object.entries(state)
    .map(([name, changes]) => `/ConfigMap/default/${name} ${changes}`)
    .sort();

it("a server that records every delta holds what the agent sees", () => {
  fc.assert(
    fc.property(states, (history) => {
      let held: Held = new Map();
      for (const [index, report] of reportsOf(history).entries()) {
        held = recorded(held, report);
        expect(verdicts(held)).toEqual(wanted(history[index] ?? {}));
      }
    }),
  );
});

it("merging any neighbours changes neither what the server holds in the end nor which syncs it knows", () => {
  fc.assert(
    fc.property(states, fc.array(fc.nat(6), { maxLength: 6 }), (history, places) => {
      const reports = reportsOf(history);
      for (const place of places) {
        const [earlier, later] = [reports[place], reports[place + 1]];
        if (earlier && later) reports.splice(place, 2, mergeReports(earlier, later));
      }
      const held = reports.reduce(recorded, new Map() as Held);
      expect(verdicts(held)).toEqual(wanted(history.at(-1) ?? {}));
      expect(reports.flatMap(({ syncs }) => syncs.map(({ message }) => message))).toEqual(
        history.map((_, at) => `sync ${at}`),
      );
    }),
  );
});

it("a report in parts says the same, each part within the limit", () => {
  fc.assert(
    fc.property(states, fc.integer({ min: 3000, max: 9000 }), (history, limit) => {
      const reports = reportsOf(history).flatMap((report) => splitReport(report, limit));
      for (const report of reports) expect(sizeOf(report)).toBeLessThanOrEqual(limit);
      const held = reports.reduce(recorded, new Map() as Held);
      expect(verdicts(held)).toEqual(wanted(history.at(-1) ?? {}));
    }),
  );
});

it("an unchanged state is no change, and leaving out detail keeps every verdict", () => {
  const resources = [resource("a", 20), resource("b")];
  const first = deltaSince(null, snapshot("prod", resources), []);
  expect(first.changed).toBe(true);
  expect(deltaSince(first.known, snapshot("prod", structuredClone(resources), 9), []).changed).toBe(false);
  const report: Report = {
    ...first.body,
    stream: "00000000-0000-4000-8000-000000000000",
    sequence: 1,
    base: null,
  };
  const bare = withoutDetail(report);
  expect(bare.resources.map(({ sync: status, cause, changes }) => [status, cause, changes.length])).toEqual([
    ["Modified", "drift", 10],
    ["Synced", undefined, 0],
  ]);
  expect(JSON.stringify(bare)).not.toContain("blue");
});
