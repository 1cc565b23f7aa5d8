import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { openAlarm } from "./alarm.ts";

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

it("rings once, at the instant that was set last", () => {
  const rung: number[] = [];
  const alarm = openAlarm(() => rung.push(Date.now()));
  alarm.set(5000);
  alarm.set(3000);
  vi.advanceTimersByTime(10_000);
  expect(rung).toEqual([3000]);
});

it("can be set again while it rings, and be taken back", () => {
  const rung: number[] = [];
  const alarm = openAlarm(() => {
    rung.push(Date.now());
    if (rung.length < 3) alarm.set(Date.now() + 1000);
  });
  alarm.set(1000);
  vi.advanceTimersByTime(10_000);
  expect(rung).toEqual([1000, 2000, 3000]);
  alarm.set(20_000);
  alarm.set(null);
  vi.advanceTimersByTime(100_000);
  expect(rung).toHaveLength(3);
});

it("waits for longer than a timer can", () => {
  const rung: number[] = [];
  const alarm = openAlarm(() => rung.push(Date.now()));
  const month = 30 * 86_400_000;
  alarm.set(month);
  vi.advanceTimersByTime(month - 1);
  expect(rung).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(rung).toEqual([month]);
});
