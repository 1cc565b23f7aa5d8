import { describe, expect, it } from "vitest";
import type { PlumbEpisode } from "#lib/environments/schemas.ts";
import { bandPath, bands, markPath } from "./geometry.ts";

const at = (ms: number) => new Date(ms).toISOString();
const episode = (start: number, end: number | null, over: Partial<PlumbEpisode> = {}): PlumbEpisode => ({
  id: crypto.randomUUID(),
  startedAt: at(start),
  endedAt: end === null ? null : at(end),
  causes: ["drift"],
  objects: 1,
  summary: "",
  ...over,
});
const window = { from: 0, to: 1000 };
const size = { width: 100, reach: 20, step: 4 };

describe("the plumb line's geometry", () => {
  it("draws drift below the line and pending above it", () => {
    const [drift, pending] = bands(
      [episode(100, 200), episode(300, 400, { causes: ["pending"] })],
      window,
      size,
    );
    expect(drift!.y).toBeGreaterThan(0);
    expect(pending!.y).toBeLessThan(0);
  });
  it("keeps a minimum width, inside the line, for an episode shorter than a pixel", () => {
    const [first, last] = bands([episode(500, 501), episode(999, 1000)], window, size);
    expect(first!.x1 - first!.x0).toBeGreaterThanOrEqual(3);
    expect(last!.x1).toBeLessThanOrEqual(100);
    expect(last!.x1 - last!.x0).toBeGreaterThanOrEqual(3);
  });
  it("leaves out what is outside the window and runs an open episode to its end", () => {
    const found = bands([episode(-500, -100), episode(900, null)], window, size);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ open: true, x1: 100 });
    expect(bandPath(found[0]!, 10, 3).endsWith("H100")).toBe(true);
  });
  it("grows with the logarithm of the objects that differ, up to its reach", () => {
    const [one, many, huge] = bands(
      [episode(0, 100), episode(200, 300, { objects: 8 }), episode(400, 500, { objects: 1e9 })],
      window,
      size,
    );
    expect(many!.y).toBeGreaterThan(one!.y);
    expect(huge!.y).toBe(20);
  });
  it("hangs an edit below the line, raises an alert above it and lets the others cross it", () => {
    expect(markPath("edit", 7, 20)).toBe("M7 20v6");
    expect(markPath("alert", 7, 20)).toMatch(/^M7 20v-\d+l/);
    expect(markPath("commit", 7, 20)).toBe("M7 15v10");
  });
});
