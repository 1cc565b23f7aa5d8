import { describe, expect, test } from "vitest";
import { baseBranchOf, progressOf, rollbackBranch, rollbackObstacles } from "./rules.ts";

const mergedAt = new Date("2026-11-20T10:00:00Z");
const merged = { mergeRevision: "merge", mergedAt, targetDigest: "then" };
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
  test("is overtaken by later commits", () => {
    const later = { ...environment, comparedRevision: "later", headCommittedAt: fromMerge(60_000) };
    expect(progressOf(merged, later)).toEqual({ status: "converged", proven: true });
  });
});

describe("a rollback", () => {
  const possible = {
    removed: false,
    headRevision: "head",
    fromRevision: "head",
    toRevision: "target",
    targetConverged: true,
    sameRendering: false,
    pending: null,
    connected: true,
  };
  test("is possible to a revision that was converged", () => expect(rollbackObstacles(possible)).toEqual([]));
  test.each([
    [{ removed: true }, /no longer declared/],
    [{ headRevision: null, fromRevision: null }, /not known yet/],
    [{ toRevision: "head" }, /already/],
    [{ sameRendering: true }, /already/],
    [{ targetConverged: false }, /never seen converged/],
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

test("a rollback's branch is the same at each try, and another one once Git has moved", () => {
  const branch = rollbackBranch("production", "a".repeat(40), "b".repeat(40));
  expect(branch).toBe("plumbline/rollback-production-aaaaaaa-from-bbbbbbb");
  expect(rollbackBranch("production", "a".repeat(40), "c".repeat(40))).not.toBe(branch);
});

test("a pull request goes to the branch, however the ref is written", () => {
  expect(baseBranchOf("refs/heads/main")).toBe("main");
  expect(baseBranchOf("release/1.x")).toBe("release/1.x");
});
