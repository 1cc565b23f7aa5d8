import { expect, it } from "vitest";
import { causeDaysOf } from "./rules.ts";

const from = new Date("2026-11-20T00:00:00Z");

it("has every day, also those on which nothing began", () => {
  expect(causeDaysOf([], from, 3).days).toEqual([
    { day: "2026-11-20", causes: {} },
    { day: "2026-11-21", causes: {} },
    { day: "2026-11-22", causes: {} },
  ]);
});

it("counts an episode once, for its gravest cause, and one without a cause as a rollout", () => {
  const row = (causes: string[], episodes: number) => ({
    day: "2026-11-21",
    causes,
    episodes,
    openMs: episodes * 10,
  });
  const rows = [
    row(["pending", "failed"], 1),
    row(["failed"], 2),
    row(["unhealthy", "drift"], 3),
    row([], 4),
    row(["pending"], 5),
  ];
  expect(causeDaysOf(rows, from, 2).days[1]!.causes).toEqual({
    failed: { episodes: 3, openMs: 30 },
    drift: { episodes: 3, openMs: 30 },
    pending: { episodes: 9, openMs: 90 },
  });
});
