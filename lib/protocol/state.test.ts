import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type EnvironmentFacts,
  EnvironmentState,
  environmentState,
  PROGRESS_DEADLINE_MS,
  SILENT_AFTER_INTERVALS,
  type Stage,
} from "./state.ts";

const now = 1_000_000_000;
const good: EnvironmentFacts = {
  now,
  lastSeenAt: now,
  reportIntervalMs: 15_000,
  suspended: null,
  problem: null,
  headRevision: "a",
  comparedRevision: "a",
  counts: { sync: { Synced: 3 }, health: { Healthy: 3 }, cause: {} },
  applying: false,
  movingSince: null,
};
const state = (over: Partial<EnvironmentFacts>) => {
  const verdict = environmentState({ ...good, ...over });
  return verdict.causes.length ? `${verdict.state}: ${verdict.causes.join(", ")}` : verdict.state;
};
const problem = (stage: Stage) => ({ stage, reason: "Bad", message: "It is bad." });
const counts = (
  sync: EnvironmentFacts["counts"]["sync"],
  health: EnvironmentFacts["counts"]["health"] = { Healthy: 3 },
  cause = {},
) => ({ sync, health, cause });

describe("the state of an environment", () => {
  it.each<[string, Partial<EnvironmentFacts>, string]>([
    ["all objects agree", {}, "Converged"],
    ["no report yet", { lastSeenAt: null }, "Unknown"],
    ["silent for more than three intervals", { lastSeenAt: now - 45_001 }, "Unknown"],
    ["quiet for just three intervals", { lastSeenAt: now - 45_000 }, "Converged"],
    ["Git cannot be read", { problem: problem("fetch") }, "Unknown"],
    [
      "a revision cannot be rendered",
      { problem: problem("render"), headRevision: "b" },
      "Diverged: failed, pending",
    ],
    ["an apply failed", { problem: problem("apply") }, "Diverged: failed"],
    [
      "the cluster moved",
      { counts: counts({ Synced: 2, Modified: 1 }, { Healthy: 3 }, { drift: 1 }) },
      "Diverged: drift",
    ],
    [
      "Git moved",
      { counts: counts({ Synced: 2, Modified: 1 }, { Healthy: 3 }, { pending: 1 }) },
      "Diverged: pending",
    ],
    [
      "both moved",
      { counts: counts({ Modified: 2 }, { Healthy: 2 }, { pending: 1, drift: 1 }) },
      "Diverged: drift, pending",
    ],
    ["Git is ahead and not compared yet", { headRevision: "b" }, "Diverged: pending"],
    [
      "an object Git dropped is still there",
      { counts: counts({ Synced: 2, Extra: 1 }, { Healthy: 3 }, { pending: 1 }) },
      "Diverged: pending",
    ],
    [
      "an object is degraded",
      { counts: counts({ Synced: 3 }, { Healthy: 2, Degraded: 1 }) },
      "Diverged: unhealthy",
    ],
    [
      "objects are progressing in time",
      { counts: counts({ Synced: 3 }, { Healthy: 2, Progressing: 1 }), movingSince: now - 1000 },
      "Converging",
    ],
    [
      "objects are progressing past the deadline",
      { counts: counts({ Synced: 3 }, { Progressing: 1 }), movingSince: now - PROGRESS_DEADLINE_MS - 1 },
      "Diverged: unhealthy",
    ],
    [
      "an apply is running",
      {
        applying: true,
        movingSince: now - 1000,
        counts: counts({ Modified: 1 }, { Healthy: 1 }, { pending: 1 }),
      },
      "Converging",
    ],
    ["an object cannot be read", { counts: counts({ Synced: 2, Unknown: 1 }) }, "Unknown"],
    [
      "an object cannot be read and another differs",
      { counts: counts({ Modified: 1, Unknown: 1 }, {}, { drift: 1 }) },
      "Diverged: drift",
    ],
    [
      "suspended",
      { suspended: { reason: "freeze", owner: "bob", until: null }, counts: counts({ Modified: 1 }) },
      "Suspended",
    ],
    [
      "suspended until a moment that has passed",
      { suspended: { reason: "freeze", owner: "bob", until: now - 1 } },
      "Converged",
    ],
    [
      "suspended by a window that has not ended",
      { suspended: { reason: "freeze", owner: "sync window", until: now + 1 } },
      "Suspended",
    ],
    [
      "waiting for another environment",
      { waiting: "It waits.", counts: counts({ Modified: 1 }, { Healthy: 1 }, { pending: 1 }) },
      "Diverged: pending",
    ],
    ["waiting for nothing that differs", { waiting: "It waits." }, "Converged"],
    [
      "progressing for longer than this environment may",
      {
        counts: counts({ Synced: 3 }, { Progressing: 1 }),
        movingSince: now - 60_001,
        progressDeadlineMs: 60_000,
      },
      "Diverged: unhealthy",
    ],
    [
      "a fight between two writers",
      { problem: problem("apply"), counts: counts({ Modified: 1 }, { Healthy: 1 }, { drift: 1 }) },
      "Diverged: failed, drift",
    ],
    ["health that no rule knows", { counts: counts({ Synced: 3 }, { Healthy: 2, Unknown: 1 }) }, "Converged"],
  ])("%s → %#", (_, over, expected) => {
    expect(state(over)).toBe(expected);
  });

  const n = fc.nat({ max: 5 });
  const facts = fc.record<EnvironmentFacts>({
    now: fc.constant(now),
    lastSeenAt: fc.option(fc.integer({ min: now - 100_000, max: now })),
    reportIntervalMs: fc.constant(15_000),
    suspended: fc.option(
      fc.record({
        reason: fc.constant("r"),
        owner: fc.constant("o"),
        until: fc.option(fc.integer({ min: now - 100_000, max: now + 100_000 })),
      }),
    ),
    problem: fc.option(
      fc
        .constantFrom("declare", "fetch", "render", "compare", "validate", "apply", "prune", "wait")
        .map(problem),
    ),
    headRevision: fc.option(fc.constantFrom("a", "b")),
    comparedRevision: fc.option(fc.constantFrom("a", "b")),
    counts: fc.record({
      sync: fc.record({ Synced: n, Modified: n, Missing: n, Extra: n, Unknown: n }),
      health: fc.record({ Healthy: n, Progressing: n, Degraded: n, Suspended: n, Missing: n, Unknown: n }),
      cause: fc.record({ drift: n, pending: n }),
    }),
    waiting: fc.option(fc.constant("It waits for another.")),
    applying: fc.boolean(),
    progressDeadlineMs: fc.constantFrom(1000, PROGRESS_DEADLINE_MS),
    movingSince: fc.option(fc.integer({ min: now - 2 * PROGRESS_DEADLINE_MS, max: now })),
  });

  it("is diverged exactly when it names a cause, and always says why", () => {
    fc.assert(
      fc.property(facts, (given) => {
        const verdict = environmentState(given);
        expect(verdict.causes.length > 0).toBe(verdict.state === "Diverged");
        expect(verdict.reason).not.toBe("");
      }),
    );
  });

  it("is never converged while anything differs, moves, fails, is unreadable or silent", () => {
    fc.assert(
      fc.property(facts, (given) => {
        if (environmentState(given).state !== "Converged") return;
        const { sync, health } = given.counts;
        expect([
          sync.Modified,
          sync.Missing,
          sync.Extra,
          sync.Unknown,
          health.Progressing,
          health.Degraded,
          health.Missing,
        ]).toEqual([0, 0, 0, 0, 0, 0, 0]);
        expect(given.problem).toBeNull();
        expect(given.lastSeenAt).not.toBeNull();
        expect(given.headRevision === null || given.headRevision === given.comparedRevision).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  const runs = { numRuns: 2000 };
  const silentAfter = 15_000 * SILENT_AFTER_INTERVALS;

  it("is exactly one state, the same however often it is asked, and changes none of the facts", () => {
    fc.assert(
      fc.property(facts, (given) => {
        const before = structuredClone(given);
        const verdict = environmentState(given);
        expect(EnvironmentState.options).toContain(verdict.state);
        expect(environmentState(given)).toEqual(verdict);
        expect(given).toEqual(before);
        expect(new Set(verdict.causes).size).toBe(verdict.causes.length);
      }),
      runs,
    );
  });

  it("never takes what could not be read for good: an unreadable object or an unheard agent is never Converged", () => {
    fc.assert(
      fc.property(facts, (given) => {
        const sync = { ...given.counts.sync, Unknown: 1 };
        expect(environmentState({ ...given, counts: { ...given.counts, sync } }).state).not.toBe("Converged");
        expect(environmentState({ ...given, lastSeenAt: null }).state).toBe("Unknown");
      }),
      runs,
    );
  });

  it("says what an agent said until it is silent, and is Unknown from then on for ever", () => {
    fc.assert(
      fc.property(facts, fc.nat({ max: 10 * PROGRESS_DEADLINE_MS }), (given, later) => {
        if (given.lastSeenAt === null) return;
        const silentFrom = given.lastSeenAt + silentAfter;
        expect(environmentState({ ...given, now: silentFrom + 1 + later }).state).toBe("Unknown");
        const { state: silent, reason } = environmentState({ ...given, now: silentFrom + 1 });
        expect([silent, reason]).toEqual(["Unknown", expect.stringContaining("silent")]);
      }),
      runs,
    );
  });

  it("by time alone, an agent that is heard of goes from Suspended and from Converging only, and never back", () => {
    fc.assert(
      fc.property(facts, fc.nat({ max: 2 * PROGRESS_DEADLINE_MS }), (given, later) => {
        const at = (time: number) => environmentState({ ...given, now: time, lastSeenAt: time });
        const [before, after] = [at(now), at(now + later)];
        if (before.state === after.state) return;
        expect(["Suspended", "Converging"]).toContain(before.state);
        expect(after.state).not.toBe("Suspended");
        if (before.state === "Converging") expect(after.state).toBe("Diverged");
      }),
      runs,
    );
  });

  it("is Suspended exactly until the suspension ends, whatever differs", () => {
    fc.assert(
      fc.property(facts, fc.integer({ min: -5, max: 5 }), (given, offset) => {
        const until = now + offset;
        const heard = { ...given, lastSeenAt: now, problem: null, comparedRevision: "a" };
        const suspended = { reason: "freeze", owner: "Ada", until };
        const { state: during, reason } = environmentState({ ...heard, suspended });
        if (offset > 0) expect([during, reason]).toEqual(["Suspended", "Suspended by Ada: freeze"]);
        else expect(during).not.toBe("Suspended");
      }),
      runs,
    );
  });

  it("names neither drift nor pending where nothing differs and Git has not moved", () => {
    fc.assert(
      fc.property(facts, (given) => {
        const counts = {
          ...given.counts,
          sync: { Synced: 3, Unknown: given.counts.sync.Unknown ?? 0 },
          cause: {},
        };
        const { causes } = environmentState({ ...given, counts, headRevision: "a", comparedRevision: "a" });
        expect(causes).not.toContain("drift");
        expect(causes).not.toContain("pending");
      }),
      runs,
    );
  });

  it("says why it waits wherever only that keeps it from converging, and waiting alone changes no state", () => {
    fc.assert(
      fc.property(facts, (given) => {
        const waits = environmentState({ ...given, waiting: "It waits for another." });
        const free = environmentState({ ...given, waiting: null });
        expect([waits.state, waits.causes]).toEqual([free.state, free.causes]);
        if (waits.state === "Diverged" && waits.causes.includes("pending") && !given.problem)
          expect(waits.reason).toBe("It waits for another.");
      }),
      runs,
    );
  });
});
