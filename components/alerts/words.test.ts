import { describe, expect, it } from "vitest";
import { deliveredWords, listed, RULE_KINDS, ruleWords } from "./words.ts";

const production = { id: "9f1d5a52-6f0e-4c9c-9a4e-0d3f6a3a7a11", name: "production", cluster: "eu-1" };

describe("a rule in words", () => {
  it("says what the environment does, in the order of the page whatever order was given", () => {
    expect(ruleWords([production], ["converged", "diff", "failed"])).toBe(
      "when production on eu-1 differs, fails or converges",
    );
    expect(ruleWords([], ["failed"])).toBe("when any environment fails");
  });
  it("names several environments, and counts many", () => {
    const others = ["staging", "dev", "test"].map((name) => ({ ...production, name }));
    expect(ruleWords([production, ...others.slice(0, 1)], ["failed"])).toBe(
      "when production on eu-1 or staging on eu-1 fails",
    );
    expect(ruleWords([production, ...others], ["failed"])).toBe("when one of 4 environments fails");
  });
  it("does not list every kind where all are meant", () => {
    expect(ruleWords([production], RULE_KINDS)).toBe("everything about production on eu-1");
    expect(ruleWords([], RULE_KINDS)).toBe("everything, about every environment");
  });
});

describe("words", () => {
  it("are listed with a word before the last", () => {
    expect(listed([])).toBe("");
    expect(listed(["a"])).toBe("a");
    expect(listed(["a", "b"])).toBe("a or b");
    expect(listed(["a", "b", "c"], "and")).toBe("a, b and c");
  });
  it("say the worst of an alert's deliveries first, and why there are none", () => {
    const deliveries = { pending: 1, delivered: 2, givenUp: 1 };
    expect(deliveredWords({ muted: false, deliveries })).toBe("1 given up, 1 waiting, 2 delivered");
    const none = { pending: 0, delivered: 0, givenUp: 0 };
    expect(deliveredWords({ muted: true, deliveries: none })).toBe("muted, nobody told");
    expect(deliveredWords({ muted: false, deliveries: none })).toBe("no rule asked for it");
  });
});
