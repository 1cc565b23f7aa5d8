import { describe, expect, it } from "vitest";
import type { EnvironmentRow } from "#lib/environments/schemas.ts";
import { fleetSentence } from "./fleet-sentence.ts";

const row = (name: string, state: EnvironmentRow["state"], causes: EnvironmentRow["causes"] = []) =>
  ({ name, state, causes }) as EnvironmentRow;
const say = (rows: EnvironmentRow[]) =>
  fleetSentence(rows)
    .map((part) => part.text)
    .join("");

describe("the sentence over the fleet", () => {
  it("names the one that has drifted and counts the rest", () => {
    expect(
      say([
        row("a", "Converged"),
        row("production", "Diverged", ["pending", "drift"]),
        row("dev", "Converging"),
        row("staging", "Diverged", ["failed"]),
      ]),
    ).toBe("1 of 4 environments is what Git says. Staging failed, one has drifted, one is converging.");
  });
  it("is short when all is well", () => {
    expect(say([row("a", "Converged"), row("b", "Converged")])).toBe("All 2 environments are what Git says.");
    expect(say([row("a", "Converged")])).toBe("The one environment is what Git says.");
  });
  it("never counts an unknown one as good", () => {
    expect(say([row("edge", "Unknown")])).toBe("None of 1 environments is what Git says. Edge is unknown.");
  });
  it("colours only the worst part", () => {
    const parts = fleetSentence([row("a", "Diverged", ["drift"]), row("b", "Unknown")]);
    expect(parts.filter((part) => part.sign).map((part) => part.sign)).toEqual(["drift"]);
  });
});
