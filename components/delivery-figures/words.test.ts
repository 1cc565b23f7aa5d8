import { expect, test } from "vitest";
import { exactDay, frequencyWords } from "./words.ts";

test("how often is said in the unit in which it is at least one", () => {
  expect(frequencyWords(0)).toBe("none");
  expect(frequencyWords(12.4)).toBe("12 a day");
  expect(frequencyWords(1.25)).toBe("1.3 a day");
  expect(frequencyWords(2 / 7)).toBe("2 a week");
  expect(frequencyWords(1 / 30.44)).toBe("1 a month");
});

test("a day is that day in every zone", () => {
  expect(exactDay("2026-03-01")).toBe("1 Mar");
  expect(exactDay("")).toBe("");
});
