import { expect, it } from "vitest";
import { dayGroups } from "./day-groups.ts";

const now = Date.parse("2026-11-28T16:00:00Z");
const names = (times: string[], zone: string) =>
  dayGroups(
    times.map((at) => ({ at })),
    now,
    zone,
  ).map(({ name, entries }) => [name, entries.length]);

it("names days as people do, in the reader's zone", () => {
  const times = [
    "2026-11-28T15:00:00Z",
    "2026-11-28T00:30:00Z",
    "2026-11-27T10:00:00Z",
    "2026-11-20T10:00:00Z",
    "2025-12-31T10:00:00Z",
  ];
  expect(names(times, "UTC")).toEqual([
    ["Today", 2],
    ["Yesterday", 1],
    ["Friday 20 November", 1],
    ["Wednesday 31 December 2025", 1],
  ]);
  expect(names(times, "America/New_York")[0]).toEqual(["Today", 1]);
});

it("keeps the order and says nothing of days on which nothing happened", () => {
  expect(dayGroups([], now, "UTC")).toEqual([]);
});
