import { SIGN_ORDER, type Sign } from "#components/state/state.ts";
import type { FleetTotals } from "#lib/fleet/schemas.ts";

/** Part of a sentence; one with a sign leads to what it counts, and the worst is coloured: it is the interesting one. */
export type Part = { text: string; sign?: Sign; worst?: boolean };

const ONE: Record<Sign, string> = {
  converged: "is converged",
  pending: "is behind Git",
  drift: "has drifted",
  failed: "failed",
  unhealthy: "is unhealthy",
  converging: "is converging",
  unknown: "is unknown",
  suspended: "is suspended",
};
const MANY: Record<Sign, string> = {
  converged: "are converged",
  pending: "are behind Git",
  drift: "have drifted",
  failed: "failed",
  unhealthy: "are unhealthy",
  converging: "are converging",
  unknown: "are unknown",
  suspended: "are suspended",
};
const WORDS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
const count = (n: number) => WORDS[n] ?? figure(n);
const figure = (n: number) => n.toLocaleString("en-GB");
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** What a colleague would say of the whole fleet: how many are what Git says, and which are not. */
export function fleetSentence({
  total,
  bySign,
  single,
}: Pick<FleetTotals, "total" | "bySign" | "single">): Part[] {
  const good = bySign.converged;
  if (total === 0) return [{ text: "No environments yet." }];
  if (good === total)
    return [
      {
        text:
          total === 1
            ? "The one environment is what Git says."
            : `All ${figure(total)} environments are what Git says.`,
      },
    ];
  const parts: Part[] = [
    {
      text:
        good === 0
          ? `None of ${figure(total)} environments is what Git says. `
          : `${figure(good)} of ${figure(total)} environments ${good === 1 ? "is" : "are"} what Git says. `,
    },
  ];
  const off = SIGN_ORDER.filter((sign) => sign !== "converged" && bySign[sign] > 0);
  off.forEach((sign, index) => {
    const found = bySign[sign];
    const first = index === 0;
    const name =
      first && found === 1 && single ? capital(single) : first ? capital(count(found)) : count(found);
    parts.push({ text: `${name} ${found === 1 ? ONE[sign] : MANY[sign]}`, sign, worst: first });
    parts.push({ text: index === off.length - 1 ? "." : ", " });
  });
  return parts;
}
