import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type AlertMemory,
  advance,
  dueAt,
  failuresOf,
  knownUntil,
  type Look,
  nothingKnown,
  observe,
  type Raised,
} from "./rules.ts";
import type { AlertPolicy } from "./schemas.ts";

const second = 1000;
const minute = 60 * second;
const policy: AlertPolicy = {
  diffAlertAfterMs: 30 * minute,
  remindEveryMs: 60 * minute,
  settleMs: 30 * second,
  suspendedTooLongMs: 24 * 60 * minute,
};

type Seen = Partial<Omit<Look, "at" | "environmentId">> & { at: number };

/** Follows looks as record-report does, with the clock's turns in between. */
function follow(seen: Seen[], turns: number[] = [], by: AlertPolicy = policy, end = 0) {
  let memory: AlertMemory = nothingKnown;
  let head: string | null = null;
  let episodes = 0;
  let episode: Look["episode"] = null;
  const raised: Raised[] = [];
  const take = (step: { memory: AlertMemory; alerts: Raised[] }) => {
    memory = step.memory;
    raised.push(...step.alerts);
  };
  const events = [...seen.map((one) => one.at), ...turns, end].toSorted((a, b) => a - b);
  let next = 0;
  for (const at of events) {
    take(advance(memory, by, "e", at));
    const look = seen[next];
    if (look?.at !== at) continue;
    next += 1;
    const state = look.state ?? "Converged";
    if (state === "Converged") episode = null;
    else if (state === "Diverged" || state === "Converging")
      episode ??= { id: `episode-${++episodes}`, startedAt: at };
    const now: string = look.head ?? head ?? "a";
    const base = { environmentId: "e", byWindow: false, failures: [], compared: now, ...look };
    take(observe(memory, by, { ...base, state, episode, headBefore: head, head: now }));
    head = now;
  }
  return { raised, memory };
}
const said = (raised: Raised[]) => raised.map(({ kind, at, ordinal }) => [kind, at / minute, ordinal]);

describe("a difference", () => {
  test("is told once it has lasted, and reminded of while it lasts", () => {
    const { raised } = follow(
      [{ at: 0 }, { at: minute, state: "Diverged" }],
      [100, 31 * minute, 32 * minute, 91 * minute, 151 * minute],
    );
    expect(said(raised)).toEqual([
      ["diff", 31, 0],
      ["diff", 91, 1],
      ["diff", 151, 2],
    ]);
  });

  test("is not reminded of where nobody wants it", () => {
    const { raised } = follow([{ at: 0, state: "Diverged" }], [3000 * minute], {
      ...policy,
      remindEveryMs: null,
    });
    expect(said(raised)).toEqual([["diff", 30, 0]]);
  });

  test("of which reminders were missed is reminded of once", () => {
    const { raised } = follow([{ at: 0, state: "Diverged" }], [31 * minute, 400 * minute, 451 * minute]);
    expect(said(raised)).toEqual([
      ["diff", 30, 0],
      ["diff", 390, 1],
      ["diff", 450, 2],
    ]);
  });

  test("that goes on as another episode after a flap is one difference", () => {
    const { raised } = follow(
      [
        { at: 0, state: "Diverged" },
        { at: 20 * minute },
        { at: 20 * minute + 10 * second, state: "Diverged" },
        { at: 40 * minute },
      ],
      [50 * minute],
    );
    expect(said(raised)).toEqual([
      ["diff", 30, 0],
      ["converged", 40.5, 0],
    ]);
    expect(new Set(raised.map(({ episode }) => episode))).toEqual(new Set(["episode-1"]));
  });

  test("keeps its clock while the environment is unknown", () => {
    const { raised } = follow(
      [
        { at: 0, state: "Diverged" },
        { at: 5 * minute, state: "Unknown" },
        { at: 40 * minute, state: "Diverged" },
      ],
      [41 * minute],
    );
    expect(said(raised)).toEqual([["diff", 30, 0]]);
  });

  test("is not told of while it is suspended, and counted anew from the resumption", () => {
    const { raised } = follow(
      [
        { at: 0, state: "Diverged" },
        { at: 10 * minute, state: "Suspended" },
        { at: 100 * minute, state: "Diverged" },
      ],
      [99 * minute, 131 * minute],
    );
    expect(said(raised)).toEqual([["diff", 130, 0]]);
  });

  test("that is found after a converged environment could not be seen for long is another one", () => {
    const { raised } = follow(
      [
        { at: 0, state: "Diverged" },
        { at: 5 * minute },
        { at: 5 * minute + second, state: "Unknown" },
        { at: 60 * minute, state: "Diverged" },
      ],
      [70 * minute, 91 * minute],
    );
    expect(said(raised)).toEqual([["diff", 90, 0]]);
    expect(raised[0]).toMatchObject({ episode: "episode-2" });
  });
});

describe("convergence", () => {
  test("is told once it has settled", () => {
    const { raised } = follow(
      [{ at: 0 }, { at: minute, state: "Diverged" }, { at: 2 * minute }],
      [10 * minute, 11 * minute],
    );
    expect(said(raised)).toEqual([["converged", 2.5, 0]]);
    expect(raised[0]).toMatchObject({ key: "converged:episode-1", revision: "a", since: minute });
  });

  test("of an environment that was converged all along is not told", () => {
    expect(
      follow([{ at: 0, state: "Unknown" }, { at: minute }, { at: 5 * minute }], [60 * minute]).raised,
    ).toEqual([]);
  });

  test("that ends within the settle window is not told", () => {
    const flap = [
      { at: 0, state: "Diverged" as const },
      { at: minute },
      { at: minute + 29 * second, state: "Diverged" as const },
    ];
    expect(follow(flap, [2 * minute]).raised).toEqual([]);
  });

  test("of a new revision is told, though no difference was ever seen", () => {
    const { raised } = follow([{ at: 0 }, { at: minute, head: "b" }], [5 * minute]);
    expect(said(raised)).toEqual([
      ["change-committed", 1, 0],
      ["converged", 1.5, 0],
    ]);
    expect(raised[1]).toMatchObject({ key: "converged:e:b", revision: "b" });
  });

  test("is known only while it is seen", () => {
    const seen = [
      { at: 0, state: "Diverged" as const },
      { at: minute },
      { at: minute + second, state: "Unknown" as const },
      { at: 10 * minute },
    ];
    expect(said(follow(seen, [9 * minute, 20 * minute]).raised)).toEqual([["converged", 10.5, 0]]);
  });
});

describe("a change", () => {
  test("is told at once, and not at the first look", () => {
    const { raised } = follow([{ at: 0 }, { at: minute, head: "b", state: "Diverged", compared: "a" }]);
    expect(raised).toMatchObject([
      { kind: "change-committed", at: minute, revision: "b", episode: "episode-1" },
    ]);
  });
});

describe("a failure", () => {
  const failing = (reason: string) => [{ reason, message: `${reason}.`, revision: "a" }];

  test("is told once for each reason of an episode, however often it is tried again", () => {
    const { raised } = follow(
      [1, 2, 3, 4].map((n) => ({
        at: n * minute,
        state: "Diverged",
        failures: failing(n < 4 ? "Forbidden" : "Invalid"),
      })),
    );
    expect(raised.map(({ kind, message }) => [kind, message])).toEqual([
      ["failed", "Forbidden."],
      ["failed", "Invalid."],
    ]);
  });

  test("of the next episode is told again", () => {
    const { raised } = follow([
      { at: 0, state: "Diverged", failures: failing("Forbidden") },
      { at: minute },
      { at: 9 * minute, state: "Diverged", failures: failing("Forbidden") },
    ]);
    expect(raised.map(({ key }) => key)).toEqual([
      "failed:episode-1:Forbidden",
      "converged:episode-1",
      "failed:episode-2:Forbidden",
    ]);
  });

  test("is what a problem says, else what a sync says", () => {
    const problem = { stage: "apply" as const, reason: "Forbidden", message: "No." };
    const syncs = [{ outcome: "failed", revision: "abcdef012345", message: "Late." }];
    const head = { revision: "b" };
    expect(failuresOf({ problem, head, syncs }, "Diverged")).toEqual([
      { reason: "Forbidden", message: "No.", revision: "b" },
    ]);
    expect(failuresOf({ problem: null, head, syncs }, "Diverged")).toEqual([
      { reason: "SyncFailed", message: "Late.", revision: "abcdef012345" },
    ]);
    const fetching = { ...problem, stage: "fetch" as const };
    expect(failuresOf({ problem: fetching, head, syncs: [] }, "Unknown")).toEqual([]);
    expect(
      failuresOf({ problem: null, head, syncs: [{ outcome: "succeeded", revision: "b" }] }, "Converged"),
    ).toEqual([]);
  });
});

describe("a suspension", () => {
  const hour = 60 * minute;

  test("is told of once it lasts too long, once", () => {
    const seen = [
      { at: 0, state: "Suspended" as const },
      { at: 2 * hour, state: "Unknown" as const },
      { at: 3 * hour, state: "Suspended" as const },
    ];
    expect(said(follow(seen, [24 * hour, 25 * hour, 90 * hour]).raised)).toEqual([
      ["suspended-too-long", 24 * 60, 0],
    ]);
  });

  test("by a declared window is planned, and not told of", () => {
    expect(follow([{ at: 0, state: "Suspended", byWindow: true }], [90 * hour]).raised).toEqual([]);
  });

  test("that begins again is another one", () => {
    const seen = [
      { at: 0, state: "Suspended" as const },
      { at: 30 * hour },
      { at: 31 * hour, state: "Suspended" as const },
    ];
    const { raised } = follow(seen, [80 * hour]);
    expect(raised.filter(({ kind }) => kind === "suspended-too-long")).toHaveLength(2);
  });
});

describe("whatever happens", () => {
  const state = fc.constantFrom<Look["state"][]>(
    "Converged",
    "Diverged",
    "Converging",
    "Unknown",
    "Suspended",
  );
  const event = fc.record({
    gap: fc.oneof(fc.integer({ min: 1, max: 90 * second }), fc.integer({ min: 1, max: 3 * 3600 * second })),
    state,
    head: fc.constantFrom("a", "b", "c"),
    behind: fc.boolean(),
    reason: fc.constantFrom(null, "X", "Y"),
  });
  const history = fc.array(event, { minLength: 1, maxLength: 30 }).map((events) => {
    let at = 0;
    return events.map(({ gap, state, head, behind, reason }) => {
      at += gap;
      const failures = reason && state === "Diverged" ? [{ reason, message: reason, revision: head }] : [];
      return { at, state, head, compared: behind && state !== "Converged" ? "a" : head, failures };
    });
  });
  const turns = fc.array(fc.integer({ min: 0, max: 40 * 3600 * second }), { maxLength: 60 });
  const quiet = { ...policy, remindEveryMs: null };
  const end = 90 * 3600 * second;

  test("nothing is raised twice, in one order of time", () => {
    fc.assert(
      fc.property(history, turns, (seen, ticks) => {
        const { raised } = follow(seen, ticks, policy, end);
        const once = raised.filter(({ kind }) => kind !== "change-committed" && kind !== "converged");
        expect(new Set(once.map(({ key }) => key)).size).toBe(once.length);
        expect(raised.map(({ at }) => at)).toEqual(raised.map(({ at }) => at).toSorted((a, b) => a - b));
      }),
      { numRuns: 500 },
    );
  });

  test("what is raised does not depend on how often the clock looks", () => {
    fc.assert(
      fc.property(history, turns, (seen, ticks) => {
        expect(follow(seen, ticks, quiet, end).raised).toEqual(follow(seen, [], quiet, end).raised);
      }),
      { numRuns: 500 },
    );
  });

  test("each stretch that is long enough is told exactly once, and no other", () => {
    const steady = fc.array(
      fc.record({ calm: fc.integer({ min: 31, max: 4000 }), differing: fc.integer({ min: 1, max: 7200 }) }),
      { minLength: 1, maxLength: 10 },
    );
    fc.assert(
      fc.property(steady, turns, (stretches, ticks) => {
        let at = 0;
        const seen: Seen[] = [{ at: 0 }];
        for (const { calm, differing } of stretches) {
          at += calm * second;
          seen.push({ at, state: "Diverged" });
          at += differing * second;
          seen.push({ at });
        }
        const { raised } = follow(seen, ticks, quiet, end);
        const long = stretches.filter(({ differing }) => differing >= 1800).length;
        expect(raised.filter(({ kind }) => kind === "diff")).toHaveLength(long);
        expect(raised.filter(({ kind }) => kind === "converged")).toHaveLength(stretches.length);
      }),
      { numRuns: 300 },
    );
  });

  test("reminders keep their distance and count up", () => {
    fc.assert(
      fc.property(history, turns, (seen, ticks) => {
        const { raised } = follow(seen, ticks, policy, end);
        const diffs = raised.filter(({ kind }) => kind === "diff");
        for (const list of Map.groupBy(diffs, ({ episode }) => episode).values()) {
          expect(list.map(({ ordinal }) => ordinal)).toEqual(list.map((_, index) => index));
          for (const [index, one] of list.entries())
            if (index > 0) expect(one.at - list[index - 1]!.at).toBeGreaterThanOrEqual(policy.remindEveryMs!);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("once time has raised all it can, it says so", () => {
    fc.assert(
      fc.property(history, (seen) => {
        const { memory } = follow(seen, [], quiet, end);
        const due = dueAt(memory, quiet);
        expect(due === null || due > end).toBe(true);
      }),
    );
  });
});

test("what is known reaches as far as the agent would have spoken", () => {
  const heard = { now: 1000, observedAt: 500, reportedAt: 900, listeningSince: 0, silentAfterMs: 45 };
  expect(knownUntil({ ...heard, now: 920 })).toBe(520);
  expect(knownUntil(heard)).toBe(545);
  expect(knownUntil({ ...heard, listeningSince: 950 })).toBe(500);
  expect(knownUntil({ ...heard, observedAt: null })).toBeNull();
});
