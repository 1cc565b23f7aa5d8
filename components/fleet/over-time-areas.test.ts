import { expect, test } from "vitest";
import { overTimeAreas } from "./over-time-areas.ts";

const point = (over: object) => ({
  ...{ at: "2026-11-20T00:00:00Z", environments: 10, failed: 0, drift: 0, unhealthy: 0, pending: 0 },
  ...over,
});

test("causes stand on one another, the worst lowest, and the highest moment fills the height", () => {
  const { top, areas } = overTimeAreas([point({ failed: 1, drift: 1 }), point({ failed: 2, drift: 2 })], {
    width: 100,
    height: 40,
  });
  expect(top).toBe(4);
  expect(areas).toEqual([
    { cause: "failed", path: "M0 30L100 20L100 40L0 40Z" },
    { cause: "drift", path: "M0 20L100 0L100 20L0 30Z" },
  ]);
});

test("nothing that was open has no area", () => {
  expect(overTimeAreas([point({}), point({})], { width: 1, height: 1 })).toEqual({ top: 1, areas: [] });
});
