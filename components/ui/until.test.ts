import { describe, expect, it } from "vitest";
import { fromLocalInput, toLocalInput, untilPresets } from "./until.ts";

describe("ends to choose", () => {
  it("are all in the future and in order, whatever day it is", () => {
    for (let day = 1; day <= 7; day += 1)
      for (const hour of [0, 7, 8, 23]) {
        const now = new Date(2026, 10, day, hour, 59, 30);
        const presets = untilPresets(now);
        expect(presets.every(({ at }) => at > now)).toBe(true);
        const mornings = presets.filter(({ name }) => name.includes("08:00"));
        expect(mornings.every(({ at }) => at.getHours() === 8)).toBe(true);
        expect(new Set(presets.map(({ at }) => at.getTime())).size).toBe(presets.length);
      }
  });
  it("name Monday on a Sunday once", () => {
    const names = untilPresets(new Date(2026, 10, 22, 12)).map(({ name }) => name);
    expect(names).toEqual(["1 hour", "4 hours", "Monday 08:00", "1 week"]);
  });
  it("name the next Monday on a Monday", () => {
    const monday = untilPresets(new Date(2026, 10, 23, 7)).find(({ name }) => name.startsWith("Monday"));
    expect(monday?.at).toEqual(new Date(2026, 10, 30, 8));
  });
});

describe("a local instant", () => {
  it("goes into its control and comes back", () => {
    const date = new Date(2026, 0, 2, 3, 4);
    expect(toLocalInput(date)).toBe("2026-01-02T03:04");
    expect(fromLocalInput("2026-01-02T03:04")).toEqual(date);
    expect(fromLocalInput("")).toBeNull();
    expect(fromLocalInput("soon")).toBeNull();
  });
});
