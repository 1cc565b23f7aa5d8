import { SIGN_ORDER, type Sign, signOf } from "#components/state/state.ts";
import type { EnvironmentRow } from "#lib/environments/schemas.ts";

/** Part of a sentence; a part with a sign is coloured, because it is the interesting one. */
export type Part = { text: string; sign?: Sign };

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
const count = (n: number) => WORDS[n] ?? String(n);
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** What a colleague would say of the whole fleet: how many are what Git says, and which are not. */
export function fleetSentence(rows: readonly EnvironmentRow[]): Part[] {
  const bySign = new Map<Sign, EnvironmentRow[]>();
  for (const row of rows) {
    const sign = signOf(row.state, row.causes);
    bySign.set(sign, [...(bySign.get(sign) ?? []), row]);
  }
  const good = bySign.get("converged")?.length ?? 0;
  if (rows.length === 0) return [{ text: "No environments yet." }];
  if (good === rows.length)
    return [
      {
        text:
          rows.length === 1
            ? "The one environment is what Git says."
            : `All ${rows.length} environments are what Git says.`,
      },
    ];
  const parts: Part[] = [
    {
      text:
        good === 0
          ? `None of ${rows.length} environments is what Git says. `
          : `${good} of ${rows.length} environments ${good === 1 ? "is" : "are"} what Git says. `,
    },
  ];
  const off = SIGN_ORDER.filter((sign) => sign !== "converged" && bySign.has(sign));
  off.forEach((sign, index) => {
    const found = bySign.get(sign)!;
    const first = index === 0;
    const name =
      first && found.length === 1
        ? capital(found[0]!.name)
        : first
          ? capital(count(found.length))
          : count(found.length);
    parts.push({
      text: `${name} ${found.length === 1 ? ONE[sign] : MANY[sign]}`,
      ...(first ? { sign } : {}),
    });
    parts.push({ text: index === off.length - 1 ? "." : ", " });
  });
  return parts;
}
