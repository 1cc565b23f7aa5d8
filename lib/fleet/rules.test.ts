import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SIGN_ORDER } from "../protocol/sign.ts";
import {
  EVERYTHING,
  FLEET_SORTS,
  type FleetFilter,
  isFiltered,
  isLook,
  LOOK_SIGNS,
  readFleetFilter,
  wordsOf,
  writeFleetFilter,
} from "./rules.ts";

const read = (query: string) => readFleetFilter(new URLSearchParams(query));

describe("a filter in the address", () => {
  test("nothing is everything, and everything is nothing", () => {
    expect(read("")).toEqual(EVERYTHING);
    expect(writeFleetFilter(EVERYTHING)).toBe("");
    expect(isFiltered({ ...EVERYTHING, group: "state", sort: "name" })).toBe(false);
  });

  test("what wants a look has a word of its own", () => {
    expect(isLook(read("show=look"))).toBe(true);
    expect(writeFleetFilter({ ...EVERYTHING, signs: LOOK_SIGNS })).toBe("show=look");
  });

  test("is the same however it was written", () => {
    expect(writeFleetFilter(read("sort=look&show=drift,failed&q=%20prod%20&group=cluster"))).toBe(
      "q=prod&show=failed%2Cdrift",
    );
    expect(writeFleetFilter(read("label=b:2&label=a:1"))).toBe("label=a%3A1&label=b%3A2");
  });

  test("what is none of ours is left out", () => {
    expect(read("show=bogus&group=;drop&sort=up&label=nokey&cluster=%00")).toEqual(EVERYTHING);
    expect(read("group=label:")).toEqual(EVERYTHING);
  });

  test("whatever is read is written so that it is read the same", () => {
    const text = fc.string({ maxLength: 300, unit: "binary" });
    const filter: fc.Arbitrary<FleetFilter> = fc.record({
      text,
      signs: fc.subarray([...SIGN_ORDER], { maxLength: 7 }),
      cluster: fc.option(text),
      repository: fc.option(text),
      labels: fc.array(
        fc.tuple(text, text).map(([key, value]) => `${key}:${value}`),
        { maxLength: 8 },
      ),
      group: fc.oneof(
        fc.constantFrom("cluster", "repository", "state", "none"),
        text.map((key) => `label:${key}`),
      ),
      sort: fc.constantFrom(...FLEET_SORTS),
    });
    fc.assert(
      fc.property(filter, (one) => {
        const first = writeFleetFilter(read(writeFleetFilter(one)));
        expect(writeFleetFilter(read(first))).toBe(first);
      }),
    );
  });
});

test("at most eight words are looked for", () => {
  expect(wordsOf("  a  b\tc ")).toEqual(["a", "b", "c"]);
  expect(wordsOf("a ".repeat(50))).toHaveLength(8);
});
