import { expect, it } from "vitest";
import { axisTicks } from "./axis.ts";

const to = Date.parse("2026-01-06T14:07:00Z");
const texts = (hours: number, most: number, zone = "UTC") =>
  axisTicks({ from: to - hours * 3_600_000, to }, most, zone).map(({ text }) => text);

it("marks round times, and the day where one begins", () => {
  expect(texts(24, 5)).toEqual(["18:00", "Tue 6", "06:00", "12:00"]);
  expect(texts(24, 5, "Europe/Vienna")).toEqual(["18:00", "Tue 6", "06:00", "12:00"]);
  expect(texts(1, 6)).toEqual(["13:10", "13:20", "13:30", "13:40", "13:50", "14:00"]);
});

it("marks days in long windows, never more than there is room for", () => {
  expect(texts(7 * 24, 8)).toEqual(["Wed 31", "Thu 1", "Fri 2", "Sat 3", "Sun 4", "Mon 5", "Tue 6"]);
  expect(texts(30 * 24, 4)).toHaveLength(3);
  for (const most of [2, 3, 5, 9])
    for (const hours of [1, 6, 24, 168, 720]) expect(texts(hours, most).length).toBeLessThanOrEqual(most + 1);
});
