import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { Report } from "../../lib/protocol/report.ts";
import { openOutbox } from "./outbox.ts";
import { queued, resource, sync, temporaryFolder } from "./test-reports.ts";

const everything = { bytes: Number.MAX_SAFE_INTEGER, reports: 1000 };

it("counts reports of each environment from one, each building on the one before", () => {
  const outbox = openOutbox({ directory: temporaryFolder() });
  const places = ["a", "b", "a", "a"].map((name) => outbox.append(queued(name)));
  expect(places.map(({ environment, sequence, base }) => [environment, sequence, base])).toEqual([
    ["a", 1, null],
    ["b", 1, null],
    ["a", 2, 1],
    ["a", 3, 2],
  ]);
  for (const report of places) Report.parse(report);
});

it("survives being killed: the next process sends what is there, in order, and counts on", () => {
  const directory = temporaryFolder();
  const before = openOutbox({ directory });
  for (const second of [1, 2, 3]) before.append(queued("a", { second, syncs: [sync(`sync ${second}`)] }));
  before.remove("a", 1);

  const after = openOutbox({ directory });
  expect(after.stream).toBe(before.stream);
  expect(after.next(everything).map(({ sequence, syncs }) => [sequence, syncs[0]?.message])).toEqual([
    [2, "sync 2"],
    [3, "sync 3"],
  ]);
  expect(after.append(queued("a")).sequence).toBe(4);
});

it("never uses a sequence again, even when everything was sent before the restart", () => {
  const directory = temporaryFolder();
  const before = openOutbox({ directory });
  before.append(queued("a"));
  before.remove("a", 1);
  expect(openOutbox({ directory }).append(queued("a")).sequence).toBe(2);
});

it("a report that is damaged on disk does not keep the others from being sent", () => {
  const directory = temporaryFolder();
  const before = openOutbox({ directory });
  before.append(queued("a"));
  before.append(queued("b"));
  const file = join(directory, "reports.log");
  writeFileSync(file, readFileSync(file, "utf8").replace('"environment":"a"', '"environment":"x"'));
  expect(
    openOutbox({ directory })
      .next(everything)
      .map(({ environment }) => environment),
  ).toEqual(["b"]);
});

it("sends the oldest first, whichever environment it is of", () => {
  const directory = temporaryFolder();
  const outbox = openOutbox({ directory });
  outbox.append(queued("b", { second: 1 }));
  outbox.append(queued("a", { second: 2 }));
  outbox.append(queued("b", { second: 3 }));
  const order = ["b1", "a2", "b3"];
  const namesOf = (box: typeof outbox) =>
    box
      .next(everything)
      .map(({ environment, observedAt }) => `${environment}${new Date(observedAt).getUTCSeconds()}`);
  expect(namesOf(outbox)).toEqual(order);
  expect(namesOf(openOutbox({ directory }))).toEqual(order);
});

it("a batch keeps to its limits, and is at least one report", () => {
  const outbox = openOutbox({ directory: temporaryFolder() });
  for (let index = 0; index < 5; index++) outbox.append(queued("a", { resources: [resource("big", 20)] }));
  expect(outbox.next({ bytes: 10, reports: 100 })).toHaveLength(1);
  expect(outbox.next({ bytes: Number.MAX_SAFE_INTEGER, reports: 3 })).toHaveLength(3);
});

it("stays within its bound for as long as the server is away, and loses no outcome", () => {
  const maxBytes = 40_000;
  const outbox = openOutbox({ directory: temporaryFolder(), maxBytes });
  const outcomes: string[] = [];
  for (let index = 0; index < 300; index++) {
    const message = `sync ${index}`;
    const syncs = index % 10 === 0 ? [sync(message)] : [];
    if (syncs.length > 0) outcomes.push(message);
    outbox.append(
      queued("a", { second: index, resources: [resource(`r${index % 7}`, 3, `value ${index}`)], syncs }),
    );
  }
  expect(outbox.size().bytes).toBeLessThanOrEqual(maxBytes);
  const reports = outbox.next(everything);
  expect(reports.flatMap(({ syncs }) => syncs.map(({ message }) => message))).toEqual(outcomes);
  for (const report of reports) Report.parse(report);
});

it("merges moments of one state first, so that convergence and divergence stay told apart", () => {
  const outbox = openOutbox({ directory: temporaryFolder(), maxReports: 6 });
  const states = ["Converged", "Converged", "Diverged drift", "Diverged drift", "Converged", "Converged"];
  for (let round = 0; round < 30; round++) outbox.append(queued("a", { second: round, state: "Converged" }));
  states.forEach(
    (state, index) =>
      void outbox.append(queued("a", { second: 100 + index, state, resources: [resource(state)] })),
  );
  const names = outbox.next(everything).map(({ resources }) => resources.at(-1)?.ref.name);
  expect(names).toContain("Diverged drift");
  expect(names.at(-1)).toBe("Converged");
});

it("a chain of merged reports still links: each builds on the one before it", () => {
  const outbox = openOutbox({ directory: temporaryFolder(), maxReports: 4 });
  outbox.append(queued("a", { full: true }));
  for (let index = 0; index < 20; index++)
    outbox.append(queued("a", { second: index, state: index % 2 ? "Converged" : "Diverged drift" }));
  const reports = outbox.next(everything);
  expect(reports.length).toBeLessThanOrEqual(4);
  reports.forEach((report, index) => {
    expect(report.base).toBe(index === 0 ? null : reports[index - 1]?.sequence);
  });
});

it("a report in parts pushes the later ones back, and the chain still links", () => {
  const directory = temporaryFolder();
  const outbox = openOutbox({ directory });
  const first = outbox.append(queued("a", { full: true }));
  const large = outbox.append(queued("a", { resources: [resource("x"), resource("y"), resource("z")] }));
  outbox.append(queued("a"));
  outbox.append(queued("a"));
  outbox.split(
    "a",
    large.sequence,
    large.resources.map((one) => ({ ...large, resources: [one] })),
  );
  for (const box of [outbox, openOutbox({ directory })])
    expect(box.next(everything).map(({ sequence, base }) => [sequence, base])).toEqual([
      [1, null],
      [2, 1],
      [3, 2],
      [4, 3],
      [5, 4],
      [6, 5],
    ]);
  expect(first.sequence).toBe(1);
  expect(outbox.append(queued("a")).sequence).toBe(7);
});
