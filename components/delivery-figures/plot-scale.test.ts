import { describe, expect, it } from "vitest";
import { countScale, durationScale, niceAbove } from "./plot-scale.ts";

describe("a scale of counts", () => {
  it("ends at a round number at or above the most", () => {
    expect([0.3, 1, 3, 7, 11, 25, 41, 400].map(niceAbove)).toEqual([0.4, 1, 4, 10, 20, 40, 100, 400]);
    expect(countScale(7).ticks.map(({ words }) => words)).toEqual(["10", "5"]);
    expect(countScale(0).ticks.map(({ words }) => words)).toEqual(["1"]);
    expect(countScale(8).at(5)).toBe(0.5);
  });
});

describe("a scale of durations", () => {
  it("stands between round durations around what is shown", () => {
    const scale = durationScale([65_000, 40 * 60_000]);
    expect(scale.ticks.map(({ words }) => words)).toEqual(["1 min", "10 min", "1 h"]);
    expect(scale.at(60_000)).toBe(0);
    expect(scale.at(3_600_000)).toBe(1);
    expect(scale.at(600_000)).toBeCloseTo(0.562, 2);
  });

  it("has a length also where there is one value, or none, or more than it knows", () => {
    for (const values of [[], [60_000], [0], [1e15]]) {
      const { at, ticks } = durationScale(values);
      expect(ticks.length).toBeGreaterThan(1);
      for (const value of [...values, 0, 5]) expect(at(value)).toSatisfy((y: number) => y >= 0 && y <= 1);
    }
  });
});
