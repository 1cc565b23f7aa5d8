import { describe, expect, it } from "vitest";
import { wantedOf } from "./rules.ts";

describe("what was typed", () => {
  it("is nothing where it is empty, and bounded where it is not", () => {
    expect(wantedOf("  ")).toBeNull();
    expect(wantedOf("\0")).toBeNull();
    expect(wantedOf("a ".repeat(5000))?.words).toHaveLength(8);
    expect(wantedOf("x".repeat(5000))?.words[0]).toHaveLength(200);
  });
  it("means what it says: no character of it is a pattern", () => {
    expect(wantedOf("100%_\\")?.anywhere).toEqual(["%100\\%\\_\\\\%"]);
  });
  it("may begin a revision, or be the number of a pull request", () => {
    expect(wantedOf("9F2C1aa")?.sha?.from).toBe("9f2c1aa");
    expect(wantedOf("9f2")?.sha).toBeNull();
    expect(wantedOf("quotes")?.sha).toBeNull();
    expect(wantedOf("#482")?.number).toBe(482);
    expect(wantedOf("482a")?.number).toBeNull();
  });
});
