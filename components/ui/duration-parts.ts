/** Milliseconds of each unit that people choose from. */
export const UNITS = { seconds: 1000, minutes: 60_000, hours: 3_600_000, days: 86_400_000 };
export type Unit = keyof typeof UNITS;

/** The largest unit that holds a length of time as a whole number; minutes for none. */
export function splitDuration(ms: number | null): { amount: string; unit: Unit } {
  if (ms === null) return { amount: "", unit: "minutes" };
  if (ms === 0) return { amount: "0", unit: "seconds" };
  const unit =
    (["days", "hours", "minutes"] as const).find((name) => ms % UNITS[name] === 0) ?? ("seconds" as const);
  return { amount: String(ms / UNITS[unit]), unit };
}
