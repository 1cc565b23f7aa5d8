import { describe, expect, it } from "vitest";
import { createMatcher } from "./matcher.ts";

const known = ["j", "?", "g o", "g a", "mod+k", "enter"];
const begins = (keys: string) => known.some((each) => each.startsWith(keys));
const press = (key: string, at = 0, modifiers = {}) => ({
  key,
  timeStamp: at,
  metaKey: false,
  ctrlKey: false,
  altKey: false,
  ...modifiers,
});

describe("keys", () => {
  it("are told by what is written, whatever was shifted for it", () => {
    const match = createMatcher();
    expect(match(press("?"), begins)).toBe("?");
    expect(match(press("Enter"), begins)).toBe("enter");
    expect(match(press("x"), begins)).toBeNull();
  });
  it("of a sequence are waited for, but not for ever", () => {
    const match = createMatcher();
    expect(match(press("g", 0), begins)).toBeNull();
    expect(match(press("o", 900), begins)).toBe("g o");
    expect(match(press("g", 1000), begins)).toBeNull();
    expect(match(press("o", 9000), begins)).toBeNull();
  });
  it("that do not go on a sequence stand for themselves", () => {
    const match = createMatcher();
    match(press("g", 0), begins);
    expect(match(press("j", 10), begins)).toBe("j");
    match(press("g", 20), begins);
    match(press("g", 30), begins);
    expect(match(press("a", 40), begins)).toBe("g a");
  });
  it("with a modifier are others, and a bare modifier is none", () => {
    const match = createMatcher();
    expect(match(press("K", 0, { metaKey: true }), begins)).toBe("mod+k");
    expect(match(press("k", 0, { ctrlKey: true }), begins)).toBe("mod+k");
    expect(match(press("j", 0, { ctrlKey: true }), begins)).toBeNull();
    match(press("g", 0), begins);
    match(press("Shift", 1), begins);
    expect(match(press("o", 2), begins)).toBe("g o");
  });
});
