import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type EnvironmentFacts, environmentState, PROGRESS_DEADLINE_MS } from "./state.ts";

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
const problem = (stage: "fetch" | "render" | "apply") => ({ stage, reason: "Bad", message: "It is bad." });
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
    ["health that no rule knows", { counts: counts({ Synced: 3 }, { Healthy: 2, Unknown: 1 }) }, "Converged"],
  ])("%s → %#", (_, over, expected) => {
    expect(state(over)).toBe(expected);
  });

  const n = fc.nat({ max: 5 });
  const facts = fc.record<EnvironmentFacts>({
    now: fc.constant(now),
    lastSeenAt: fc.option(fc.integer({ min: now - 100_000, max: now })),
    reportIntervalMs: fc.constant(15_000),
    suspended: fc.option(fc.constant({ reason: "r", owner: "o", until: null })),
    problem: fc.option(fc.constantFrom(problem("fetch"), problem("render"), problem("apply"))),
    headRevision: fc.option(fc.constantFrom("a", "b")),
    comparedRevision: fc.option(fc.constantFrom("a", "b")),
    counts: fc.record({
      sync: fc.record({ Synced: n, Modified: n, Missing: n, Extra: n, Unknown: n }),
      health: fc.record({ Healthy: n, Progressing: n, Degraded: n, Missing: n, Unknown: n }),
      cause: fc.record({ drift: n, pending: n }),
    }),
    applying: fc.boolean(),
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
});
