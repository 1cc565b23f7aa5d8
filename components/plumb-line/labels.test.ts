import { describe, expect, it } from "vitest";
import type { Band } from "./geometry.ts";
import { placeLabels } from "./labels.ts";
import { fittingWindow } from "./windows.ts";

const now = Date.parse("2026-01-02T12:00:00Z");
const band = (id: string, x0: number, y: number, minutesAgo = 5): Band => ({
  id,
  cause: y < 0 ? "pending" : "drift",
  x0,
  x1: x0 + 5,
  y,
  open: false,
  episode: {
    id,
    startedAt: new Date(now - minutesAgo * 60_000).toISOString(),
    endedAt: new Date(now - minutesAgo * 60_000 + 3000).toISOString(),
    causes: ["drift"],
    objects: 1,
    summary: "",
  },
});

describe("labels on a plumb line", () => {
  it("stand right of their episode, and left of it at the edge", () => {
    const [right, left] = placeLabels([band("edge", 990, -10), band("a", 100, -10)], 1000, now);
    expect(right).toMatchObject({ id: "a", end: false });
    expect(left).toMatchObject({ id: "edge", end: true });
  });
  it("never overlap, and no line runs through a text", () => {
    const crowd = Array.from({ length: 40 }, (_, index) =>
      band(String(index), 5 + index * 23, index % 2 ? -12 : 12),
    );
    const labels = placeLabels(crowd, 1000, now);
    expect(labels.length).toBeGreaterThan(4);
    const spans = labels.map((label) => {
      const reach = (label.title.length + label.rest.length + 2) * 6.1;
      return {
        ...label,
        from: label.end ? label.x - reach : label.x,
        to: label.end ? label.x : label.x + reach,
      };
    });
    for (const a of spans)
      for (const b of spans) {
        if (a === b || Math.sign(a.y) !== Math.sign(b.y)) continue;
        if (a.y === b.y) expect(a.from >= b.to || b.from >= a.to).toBe(true);
        if (Math.abs(a.y) > Math.abs(b.y)) expect(a.x <= b.from - 2 || a.x >= b.to + 2).toBe(true);
      }
  });
});

describe("the window of a plumb line", () => {
  it("is the smallest that holds every episode, a day at most", () => {
    expect(fittingWindow([], now).name).toBe("24 h");
    expect(fittingWindow([band("a", 0, 1, 5).episode], now).name).toBe("15 min");
    expect(fittingWindow([band("a", 0, 1, 5).episode, band("b", 0, 1, 40).episode], now).name).toBe("1 h");
    expect(fittingWindow([band("a", 0, 1, 60 * 24 * 5).episode], now).name).toBe("24 h");
  });
});
