import { expect, test } from "vitest";
import { openEcho } from "./echo.ts";

test("what comes back late while one types on is one's own", () => {
  const echo = openEcho("");
  for (const words of ["w", "wa", "wat"]) echo.wrote(words);
  expect(echo.isForeign("wa")).toBe(false);
  echo.wrote("watc");
  expect(echo.isForeign("wat")).toBe(false);
  expect(echo.isForeign("watc")).toBe(false);
});

test("other words are somebody else's, and so are one's own of before once the newest has come back", () => {
  const echo = openEcho("");
  for (const words of ["a", "ab"]) echo.wrote(words);
  expect(echo.isForeign("ab")).toBe(false);
  expect(echo.isForeign("a")).toBe(true);
  expect(echo.isForeign("edge")).toBe(true);
  expect(echo.isForeign("")).toBe(true);
});

test("words taken from somebody else may be typed on", () => {
  const echo = openEcho("edge");
  expect(echo.isForeign("core")).toBe(true);
  echo.wrote("cores");
  expect(echo.isForeign("cores")).toBe(false);
  expect(echo.isForeign("core")).toBe(true);
});

test("the same words twice in a row are told once", () => {
  const echo = openEcho("");
  for (const words of ["a", "ab"]) echo.wrote(words);
  expect(echo.isForeign("a")).toBe(false);
  expect(echo.isForeign("a")).toBe(false);
  expect(echo.isForeign("ab")).toBe(false);
});
