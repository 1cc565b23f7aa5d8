import { describe, expect, it } from "vitest";
import { bySuspension, suspensionSituation } from "./situation.ts";

const until = "2026-11-20T18:00:00.000Z";
const asked = { reason: "incident 7", owner: "Alice", until, createdAt: "2026-11-20T12:00:00.000Z" };
const said = { reason: "incident 7", owner: "Alice", until, by: "person" as const };

describe("how a suspension stands", () => {
  it("is nothing where nobody asked and the agent says nothing", () => {
    expect(suspensionSituation({ suspended: null, suspension: null })).toEqual({ kind: "none" });
  });
  it("is asked for until the agent says the same", () => {
    expect(suspensionSituation({ suspended: null, suspension: asked })).toMatchObject({
      kind: "asked",
      already: null,
    });
    expect(suspensionSituation({ suspended: said, suspension: asked }).kind).toBe("suspended");
  });
  it("is asked for anew where its end was changed", () => {
    const later = { ...asked, until: "2026-11-21T18:00:00.000Z" };
    expect(suspensionSituation({ suspended: said, suspension: later })).toMatchObject({
      kind: "asked",
      already: said,
    });
  });
  it("is being lifted while the agent still says so", () => {
    expect(suspensionSituation({ suspended: said, suspension: null }).kind).toBe("resuming");
  });
  it("is the declaration's or a window's first, with what a person asked beneath", () => {
    const window = { ...said, by: "window" as const };
    expect(suspensionSituation({ suspended: window, suspension: asked })).toEqual({
      kind: "suspended",
      by: window,
      also: asked,
    });
    expect(suspensionSituation({ suspended: window, suspension: null }).kind).toBe("suspended");
  });
  it("names who says so", () => {
    expect(bySuspension(said)).toBe("Alice");
    expect(bySuspension({ ...said, by: "window" })).toBe("a window of the declaration");
    expect(bySuspension({ ...said, by: "declaration" })).toBe("the declaration, for Alice");
  });
});
