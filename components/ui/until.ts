/** An instant to choose with one press. */
export type Preset = { name: string; at: Date };

/** Ends people choose: an hour or four from `now`, the next mornings, and a week, in the zone of the machine. */
export function untilPresets(now: Date): Preset[] {
  const later = (hours: number) => new Date(now.getTime() + hours * 3_600_000);
  const morning = (days: number) =>
    new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, 8, 0, 0, 0);
  const toMonday = (8 - now.getDay()) % 7 || 7;
  const presets = [
    { name: "1 hour", at: later(1) },
    { name: "4 hours", at: later(4) },
    { name: "Tomorrow 08:00", at: morning(1) },
    { name: "Monday 08:00", at: morning(toMonday) },
    { name: "1 week", at: later(24 * 7) },
  ];
  // On a Sunday, Monday is tomorrow.
  return toMonday === 1 ? presets.filter(({ name }) => !name.startsWith("Tomorrow")) : presets;
}

/** An instant as a `datetime-local` control holds it: local, to the minute. */
export function toLocalInput(date: Date): string {
  const two = (n: number) => String(n).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** The instant that a `datetime-local` control holds; null where it holds none. */
export function fromLocalInput(text: string): Date | null {
  const date = new Date(text);
  return text === "" || Number.isNaN(date.getTime()) ? null : date;
}
