import { describe, expect, it } from "vitest";
import { canonicalJson } from "./canonical.ts";
import { admitReport } from "./report.ts";

const a = "0b7c9d0e-5d7e-4a44-9a53-0a0a0a0a0a0a";
const b = "1b7c9d0e-5d7e-4a44-9a53-0a0a0a0a0a0a";

describe("admitting reports", () => {
  it.each([
    ["the first full one", null, { stream: a, sequence: 1, base: null }, "accept"],
    ["a first delta without what it adds to", null, { stream: a, sequence: 2, base: 1 }, "resend"],
    ["the next delta", { stream: a, sequence: 4 }, { stream: a, sequence: 5, base: 4 }, "accept"],
    ["the same once more", { stream: a, sequence: 4 }, { stream: a, sequence: 4, base: 3 }, "duplicate"],
    [
      "an older one out of order",
      { stream: a, sequence: 4 },
      { stream: a, sequence: 2, base: null },
      "duplicate",
    ],
    ["a delta over a gap", { stream: a, sequence: 4 }, { stream: a, sequence: 6, base: 5 }, "resend"],
    ["a full one over a gap", { stream: a, sequence: 4 }, { stream: a, sequence: 9, base: null }, "accept"],
    [
      "a full one of a new stream",
      { stream: a, sequence: 40 },
      { stream: b, sequence: 1, base: null },
      "accept",
    ],
    ["a delta of a new stream", { stream: a, sequence: 40 }, { stream: b, sequence: 41, base: 40 }, "resend"],
  ] as const)("%s", (_, last, incoming, expected) => {
    expect(admitReport(last, incoming)).toBe(expected);
  });
});

describe("canonical JSON", () => {
  it("gives equal bytes for equal values, whatever the order of their keys", () => {
    expect(canonicalJson({ b: [1, { d: null, c: "é" }], a: undefined, A: true })).toBe(
      '{"A":true,"b":[1,{"c":"é","d":null}]}',
    );
    expect(canonicalJson({ y: 1, x: { b: 2, a: 1 } })).toBe(canonicalJson({ x: { a: 1, b: 2 }, y: 1 }));
  });
});
