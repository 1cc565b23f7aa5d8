import { expect, test } from "vitest";
import { histogramOf, mergeHistograms, quantileOf } from "./rules.ts";

/** Durations from a second to weeks, the same at every run. */
const durations = Array.from({ length: 4000 }, (_, index) => 1000 * 1.0035 ** ((index * 2503) % 4000));

test("a percentile is read within 2.2 % of the true one, over six orders of magnitude", () => {
  const sorted = durations.toSorted((a, b) => a - b);
  for (const share of [0.01, 0.1, 0.5, 0.9, 0.99, 1]) {
    const truth = sorted[Math.ceil(sorted.length * share) - 1]!;
    expect(Math.abs(quantileOf(histogramOf(durations), share)! / truth - 1)).toBeLessThan(0.0221);
  }
});

test("days counted one by one give the percentile of all of them", () => {
  const days = [durations.slice(0, 17), durations.slice(17, 900), [], durations.slice(900)];
  expect(mergeHistograms(days.map(histogramOf))).toEqual(histogramOf(durations));
});

test("of nothing there is no percentile", () => {
  expect(quantileOf({}, 0.5)).toBeNull();
});

test("one duration is its own median and its own ninth decile", () => {
  const one = histogramOf([90_000]);
  expect(quantileOf(one, 0.5)).toBe(quantileOf(one, 0.9));
});
