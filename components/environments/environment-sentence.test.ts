import { describe, expect, it } from "vitest";
import type { Problem } from "#lib/protocol/report.ts";
import { Cause, EnvironmentState, Stage } from "#lib/protocol/state.ts";
import { environmentSentence } from "./environment-sentence.ts";

type About = Parameters<typeof environmentSentence>[0];
const about = (over: Partial<About>): About => ({
  name: "production",
  state: "Diverged",
  causes: [],
  reason: "An apply is running.",
  counts: { sync: { Synced: 38 }, health: {}, cause: {} },
  resourceCount: 38,
  problem: null,
  suspended: null,
  since: "2026-01-01T14:02:00.000Z",
  ...over,
});
const said = (over: Partial<About>) =>
  environmentSentence(about(over))
    .map((part) => part.text ?? "14:02")
    .join("");
const counts = (drift: number, pending: number, degraded = 0): About["counts"] => ({
  sync: { Modified: drift + pending },
  health: degraded ? { Degraded: degraded } : {},
  cause: { drift, pending },
});
const problem = (stage: Problem["stage"]): Problem => ({
  ...{ stage, reason: "Broken", message: "It broke.", since: "2026-01-01T14:02:00.000Z", retryable: true },
});

describe("what is said of an environment", () => {
  it("is short where everything agrees", () => {
    expect(said({ state: "Converged" })).toBe("Production is what Git says: all 38 objects agree.");
    expect(said({ state: "Converged", resourceCount: 1 })).toBe(
      "Production is what Git says: its one object agrees.",
    );
  });

  it("names how many drifted, and since when", () => {
    expect(said({ causes: ["drift"], counts: counts(1, 0) })).toBe(
      "Production has drifted: 1 of 38 objects is not what Git says, since 14:02.",
    );
    expect(said({ causes: ["drift"], counts: counts(3, 0) })).toBe(
      "Production has drifted: 3 of 38 objects are not what Git says, since 14:02.",
    );
    expect(said({ causes: ["drift"], counts: counts(2, 0), resourceCount: 2 })).toContain(
      "all 2 objects are",
    );
  });

  it("says every cause, the worst first", () => {
    expect(said({ causes: ["drift", "pending", "unhealthy"], counts: counts(1, 2, 1) })).toBe(
      "Production has drifted: 1 of 38 objects is not what Git says, since 14:02. 2 objects wait for what Git says now, and 1 object is not healthy as well.",
    );
    expect(
      said({ causes: ["failed", "drift", "pending"], counts: counts(2, 1), problem: problem("render") }),
    ).toBe(
      "Production failed: what Git says could not be rendered, since 14:02. 2 objects have drifted, and 1 object waits for what Git says now.",
    );
    expect(said({ causes: ["pending"], counts: counts(0, 0) })).toBe(
      "Production is behind Git: Git has moved, the cluster has not, since 14:02.",
    );
    expect(
      said({ causes: ["failed", "pending"], counts: counts(0, 0), problem: problem("validate") }),
    ).toContain("nothing was applied, since 14:02. Git has moved on.");
    expect(said({ causes: ["unhealthy"], counts: counts(0, 0, 1) })).toBe(
      "Production is what Git says, and is not healthy: 1 of 38 objects does not work, since 14:02.",
    );
  });

  it("says why where there is no telling, or nothing is applied", () => {
    expect(
      said({ state: "Unknown", reason: "The agent is silent; the cluster keeps converging by itself." }),
    ).toBe("Production is unknown: the agent is silent; the cluster keeps converging by itself.");
    expect(said({ state: "Unknown", reason: "Git at https://git.example.com did not answer" })).toBe(
      "Production is unknown: Git at https://git.example.com did not answer.",
    );
    const suspended = { reason: "Black Friday", owner: "alice", until: null, by: "person" as const };
    expect(said({ state: "Suspended", suspended })).toBe("Production is suspended: Black Friday.");
    expect(said({ state: "Suspended", suspended, counts: counts(0, 2) })).toBe(
      "Production is suspended: Black Friday. 2 of 38 objects are not what Git says.",
    );
  });

  it("is a sentence for every state, cause and stage, with one coloured part where anything is off", () => {
    const sets = Cause.options.flatMap((one) => Cause.options.map((other) => [...new Set([one, other])]));
    for (const state of EnvironmentState.options)
      for (const causes of state === "Diverged" ? [[], ...sets] : [[]])
        for (const stage of [null, ...Stage.options]) {
          const parts = environmentSentence(
            about({ state, causes, problem: stage && problem(stage), counts: counts(1, 1, 1) }),
          );
          const text = parts.map((part) => part.text ?? "14:02").join("");
          expect(text).toMatch(/^Production .*[.…]$/);
          expect(text).not.toMatch(/\.\.|undefined|NaN| {2}/);
          expect(parts.filter((part) => part.at === undefined && part.sign)).toHaveLength(
            state === "Converged" ? 0 : 1,
          );
        }
  });
});
