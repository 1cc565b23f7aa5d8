import { expect, it } from "vitest";
import { splitDuration } from "./duration-parts.ts";

it("splits a length of time into a whole number of its largest unit", () => {
  expect(splitDuration(1_800_000)).toEqual({ amount: "30", unit: "minutes" });
  expect(splitDuration(86_400_000)).toEqual({ amount: "1", unit: "days" });
  expect(splitDuration(90_000)).toEqual({ amount: "90", unit: "seconds" });
  expect(splitDuration(1500)).toEqual({ amount: "1.5", unit: "seconds" });
  expect(splitDuration(0)).toEqual({ amount: "0", unit: "seconds" });
  expect(splitDuration(null)).toEqual({ amount: "", unit: "minutes" });
});
