import { describe, expect, test } from "vitest";
import {
  baseBranchOf,
  endsHold,
  progressOf,
  rollbackBranch,
  rollbackCautions,
  rollbackObstacles,
  SITUATIONS,
  sayingOf,
  situationOf,
  situationOfRefusal,
} from "./rules.ts";

const mergedAt = new Date("2026-11-20T10:00:00Z");
const merged = { mergeRevision: "merge", commitSha: "commit", mergedAt, targetDigest: "then" };
const environment = {
  state: "Converged",
  comparedRevision: "merge",
  renderedDigest: "then",
  headCommittedAt: mergedAt,
};
const fromMerge = (ms: number) => new Date(mergedAt.getTime() + ms);

describe("a merged rollback", () => {
  test("is proven where what is rendered is what was rendered then", () => {
    expect(progressOf(merged, environment)).toEqual({ status: "converged", proven: true });
  });
  test("is converged and not proven where something else is rendered, or nobody knows what was", () => {
    expect(progressOf(merged, { ...environment, renderedDigest: "now" })).toEqual({
      status: "converged",
      proven: false,
    });
    expect(progressOf({ ...merged, targetDigest: null }, environment)).toEqual({
      status: "converged",
      proven: false,
    });
    expect(progressOf({ ...merged, targetDigest: null }, { ...environment, renderedDigest: null })).toEqual({
      status: "converged",
      proven: false,
    });
  });
  test("is converging while the cluster follows", () => {
    expect(progressOf(merged, { ...environment, state: "Converging" })).toMatchObject({
      status: "converging",
    });
    expect(progressOf(merged, { ...environment, state: "Diverged" })).toMatchObject({ status: "converging" });
  });
  test("waits while the environment is still at what was before", () => {
    expect(
      progressOf(merged, { ...environment, comparedRevision: "before", headCommittedAt: fromMerge(-60_000) }),
    ).toBeNull();
    expect(
      progressOf(merged, { ...environment, comparedRevision: "before", headCommittedAt: null }),
    ).toBeNull();
  });
  test("is there, too, where the commit on its branch is what changed the environment", () => {
    expect(progressOf(merged, { ...environment, comparedRevision: "commit" })).toMatchObject({
      proven: true,
    });
  });
  test("is overtaken by later commits", () => {
    const later = { ...environment, comparedRevision: "later", headCommittedAt: fromMerge(60_000) };
    expect(progressOf(merged, later)).toEqual({ status: "converged", proven: true });
  });
});

describe("a rollback", () => {
  const possible = {
    kind: "rollback",
    removed: false,
    headRevision: "head",
    fromRevision: "head",
    toRevision: "target",
    targetConverged: true,
    sameRendering: false,
    pending: null,
    connected: true,
  };
  test("of one commit is possible whatever is rendered now, and only while Git stands still", () => {
    const revert = { ...possible, kind: "revert", sameRendering: true };
    expect(rollbackObstacles(revert)).toEqual([]);
    expect(rollbackObstacles({ ...revert, toRevision: "head" })).toEqual([]);
    expect(rollbackObstacles({ ...revert, fromRevision: "older" })).toHaveLength(1);
  });
  test("is possible to a revision that was converged", () => expect(rollbackObstacles(possible)).toEqual([]));
  test.each([
    [{ removed: true }, /no longer declared/],
    [{ headRevision: null, fromRevision: null }, /not known yet/],
    [{ toRevision: "head" }, /already/],
    [{ sameRendering: true }, /already/],
    [{ fromRevision: "older" }, /Git has moved/],
    [{ pending: { number: 7 } }, /#7/],
    [{ pending: { number: null } }, /being opened/],
    [{ connected: false }, /no token/],
  ])("is not with %j", (facts, obstacle) => {
    const obstacles = rollbackObstacles({ ...possible, ...facts });
    expect(obstacles).toHaveLength(1);
    expect(obstacles[0]).toMatch(obstacle);
  });
});

test("a rollback's branch is the same at each try, and another one once Git has moved or for another cluster", () => {
  const asked = {
    environment: { id: "0a1b2c3d-0000", name: "production" },
    kind: "rollback",
    toRevision: "a".repeat(40),
    fromRevision: "b".repeat(40),
    narrow: false,
  };
  const branch = rollbackBranch(asked);
  expect(branch).toBe("plumbline/rollback-production-0a1b2c-aaaaaaa-from-bbbbbbb");
  const others = [
    { ...asked, fromRevision: "c".repeat(40) },
    { ...asked, environment: { id: "ffffff", name: "production" } },
    { ...asked, narrow: true },
    { ...asked, kind: "undo" },
  ];
  expect(new Set([branch, ...others.map(rollbackBranch)]).size).toBe(5);
});

test("a pull request goes to the branch, however the ref is written", () => {
  expect(baseBranchOf("refs/heads/main")).toBe("main");
  expect(baseBranchOf("release/1.x")).toBe("release/1.x");
});

test("a target that was never converged, or whose inputs nobody knows, is a caution and no obstacle", () => {
  expect(rollbackCautions({ kind: "rollback", targetConverged: true, inputsRecorded: true })).toEqual([]);
  const cautions = rollbackCautions({ kind: "undo", targetConverged: false, inputsRecorded: false });
  expect(cautions.join(" ")).toMatch(/never seen converged.*own path is restored/);
});

describe("where a pull request stands", () => {
  const host = { mergeable: "clean", checks: "none", approvals: [], changesRequestedBy: [] } as const;
  const open = {
    status: "open",
    proven: false,
    failure: null,
    host: { ...host, approvals: [], changesRequestedBy: [] },
  };
  const seen = (over: object) => situationOf({ ...open, host: { ...open.host, ...over } });
  test.each([
    [{}, "ready"],
    [{ checks: "pending" }, "checks-pending"],
    [{ checks: "failing" }, "checks-failing"],
    [{ mergeable: "blocked" }, "blocked"],
    [{ mergeable: "conflicting", checks: "failing" }, "conflicting"],
    [{ changesRequestedBy: ["bob"], mergeable: "blocked" }, "changes-requested"],
    [{ mergeable: "unknown" }, "open"],
  ])("is, with %j on the host, %s", (over, situation) => expect(seen(over)).toBe(situation));
  test.each([
    [{ status: "requested" }, "opening"],
    [{ status: "requested", failure: "rate-limited" }, "rate-limited"],
    [{ status: "failed", failure: "archived" }, "archived"],
    [{ status: "failed" }, "not-opened"],
    [{ status: "open", failure: "unauthorized" }, "unauthorized"],
    [{ status: "closed", failure: "branch-gone" }, "branch-gone"],
    [{ status: "closed", failure: "unauthorized" }, "closed"],
    [{ status: "merged", failure: "unreachable" }, "merged"],
    [{ status: "converged", proven: true }, "proven"],
  ])("is, by its row %j, %s", (over, situation) => expect(situationOf({ ...open, ...over })).toBe(situation));

  test("has a sentence and a next step, whatever it is", () => {
    const about = {
      environment: "production",
      target: "at aaaaaaa",
      branch: "plumbline/x",
      base: "main",
      repository: "acme/shop",
      number: 7,
      retryAt: new Date("2026-11-20T10:30:00Z"),
      approvals: ["bob"],
    };
    const said = SITUATIONS.map((situation) => sayingOf(situation, about));
    for (const { sentence, nextStep } of said) {
      expect(sentence).toMatch(/^\S.*\.$/);
      expect(nextStep).toMatch(/^[A-Z].*\.$/);
      expect(`${sentence}${nextStep}`).not.toMatch(/undefined|null|NaN/);
    }
    expect(new Set(said.map(({ sentence }) => sentence)).size).toBe(SITUATIONS.length);
    expect(sayingOf("rate-limited", about).sentence).toContain("10:30 UTC");
  });

  test("follows from what the host refused", () => {
    expect(situationOfRefusal({ code: "not-found", missing: "base" })).toBe("base-gone");
    expect(situationOfRefusal({ code: "not-found" })).toBe("not-opened");
    expect(situationOfRefusal({ code: "unavailable" })).toBe("unreachable");
    expect(situationOfRefusal({ code: "taken" })).toBe("branch-taken");
    expect(situationOfRefusal({ code: "archived" })).toBe("archived");
    expect(situationOfRefusal({ code: "overlapping" })).toBe("overlapping");
    expect(situationOfRefusal({ code: "conflict" })).toBe("not-opened");
  });
});

test("a hold ends with something newer that renders otherwise, and with nothing else", () => {
  const hold = { pullRequestMergedAt: mergedAt, convergedDigest: "then", mergeRevision: "merge" };
  const now = { comparedRevision: "later", renderedDigest: "other", headCommittedAt: fromMerge(60_000) };
  expect(endsHold(hold, now)).toBe(true);
  expect(endsHold(hold, { ...now, renderedDigest: "then" })).toBe(false);
  expect(endsHold(hold, { ...now, headCommittedAt: fromMerge(-60_000) })).toBe(false);
  expect(endsHold(hold, { ...now, comparedRevision: "merge" })).toBe(false);
  expect(endsHold({ ...hold, convergedDigest: null }, now)).toBe(false);
});
