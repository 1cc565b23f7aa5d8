import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { paced } from "./paced.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test("the first is run at once, and what comes within the gap together after it", async () => {
  const run = vi.fn(async () => {});
  const pace = paced(run, 1000);
  pace.ask();
  expect(run).toHaveBeenCalledTimes(1);
  for (let n = 0; n < 50; n += 1) pace.ask();
  await vi.advanceTimersByTimeAsync(999);
  expect(run).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(run).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(5000);
  expect(run).toHaveBeenCalledTimes(2);
});

test("one that fails does not end it, and one that is stopped runs no more", async () => {
  const run = vi.fn(() => Promise.reject(new Error("away")));
  const pace = paced(run, 10);
  pace.ask();
  await vi.advanceTimersByTimeAsync(10);
  pace.ask();
  pace.ask();
  expect(run).toHaveBeenCalledTimes(2);
  pace.stop();
  await vi.advanceTimersByTimeAsync(1000);
  expect(run).toHaveBeenCalledTimes(2);
});
