import { describe, expect, it } from "vitest";
import { SIGN_ORDER, type Sign } from "#components/state/state.ts";
import { fleetSentence } from "./fleet-sentence.ts";

const fleet = (counts: Partial<Record<Sign, number>>, single: string | null = null) => {
  const bySign = Object.fromEntries(SIGN_ORDER.map((sign) => [sign, counts[sign] ?? 0])) as Record<
    Sign,
    number
  >;
  return { total: Object.values(bySign).reduce((sum, n) => sum + n, 0), bySign, single };
};
const say = (...given: Parameters<typeof fleet>) =>
  fleetSentence(fleet(...given))
    .map((part) => part.text)
    .join("");

describe("the sentence over the fleet", () => {
  it("names the only one of the worst kind and counts the rest", () => {
    expect(say({ converged: 1, drift: 1, converging: 1, failed: 1 }, "staging")).toBe(
      "1 of 4 environments is what Git says. Staging failed, one has drifted, one is converging.",
    );
    expect(say({ converged: 9000, drift: 20, unknown: 3 })).toBe(
      "9,000 of 9,023 environments are what Git says. 20 have drifted, three are unknown.",
    );
  });
  it("is short when all is well", () => {
    expect(say({ converged: 2 })).toBe("All 2 environments are what Git says.");
    expect(say({ converged: 1 })).toBe("The one environment is what Git says.");
    expect(say({})).toBe("No environments yet.");
  });
  it("never counts an unknown one as good", () => {
    expect(say({ unknown: 1 }, "edge")).toBe("None of 1 environments is what Git says. Edge is unknown.");
  });
  it("colours only the worst part", () => {
    const parts = fleetSentence(fleet({ drift: 1, unknown: 1 }));
    expect(parts.filter((part) => part.worst).map((part) => part.sign)).toEqual(["drift"]);
  });
});
