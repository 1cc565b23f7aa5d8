import { describe, expect, it } from "vitest";
import { dependencyProblem } from "./dependencies.ts";

const problems = (all: Record<string, string[]>) => {
  const declared = new Map(Object.entries(all).map(([name, dependsOn]) => [name, { name, dependsOn }]));
  return Object.fromEntries([...declared].map(([name, one]) => [name, dependencyProblem(one, declared)]));
};

describe("dependencies", () => {
  it("are fine in a chain and in a diamond", () => {
    const none = { a: null, b: null, c: null, d: null };
    expect(problems({ a: [], b: ["a"], c: ["a"], d: ["b", "c"] })).toEqual(none);
  });

  it("on something that is not followed are a problem that names it", () => {
    expect(problems({ a: ["ghost"], b: ["a"] })).toEqual({
      a: expect.stringContaining('"ghost"'),
      b: null,
    });
  });

  it("in a circle are a problem of all that are in it, and of what waits for it", () => {
    const found = problems({ a: ["b"], b: ["c"], c: ["a"], d: ["a"], e: [] });
    expect(found.a).toContain("a → b → c → a");
    expect(found.b).toContain("b → c → a → b");
    expect(found.d).toContain("a → b → c → a");
    expect(found.e).toBeNull();
  });

  it("on itself are the smallest circle", () => {
    expect(problems({ a: ["a"] }).a).toContain("a → a");
  });
});
