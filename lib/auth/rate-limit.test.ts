import { expect, test } from "vitest";
import { RateLimit } from "./rate-limit.ts";

test("a key has its share in each window, and no other key pays for it", () => {
  const limit = new RateLimit(2, 1000);
  expect([0, 1, 2].map((at) => limit.take("a", at))).toEqual([true, true, false]);
  expect(limit.take("b", 2)).toBe(true);
  expect(limit.take("a", 999)).toBe(false);
  expect(limit.take("a", 1000)).toBe(true);
  expect(limit.take("a", 1001)).toBe(true);
  expect(limit.take("a", 1002)).toBe(false);
});

test("what is over is forgotten", () => {
  const limit = new RateLimit(1, 1000);
  for (let n = 0; n < 20_000; n++) limit.take(`key ${n}`, n);
  expect(limit.size).toBeLessThan(12_000);
});
