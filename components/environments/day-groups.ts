/** Entries of one day, newest first, under what people call that day in the zone of the reader. */
export type DayGroup<E> = { day: string; name: string; entries: E[] };

/** Groups entries that come newest first by the day they happened on, as `zone` has it (default: the reader's). */
export function dayGroups<E extends { at: string }>(
  entries: readonly E[],
  now: number,
  zone?: string,
): DayGroup<E>[] {
  const dayOf = (at: number) => new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(at);
  const groups: DayGroup<E>[] = [];
  for (const entry of entries) {
    const at = Date.parse(entry.at);
    const day = dayOf(at);
    const last = groups.at(-1);
    if (last?.day === day) last.entries.push(entry);
    else groups.push({ day, name: nameOf(day, at, now, dayOf, zone), entries: [entry] });
  }
  return groups;
}

function nameOf(day: string, at: number, now: number, dayOf: (at: number) => string, zone?: string): string {
  if (day === dayOf(now)) return "Today";
  if (day === dayOf(now - 86_400_000)) return "Yesterday";
  const sameYear = day.slice(0, 4) === dayOf(now).slice(0, 4);
  return new Intl.DateTimeFormat("en-GB", {
    ...{ weekday: "long", day: "numeric", month: "long", timeZone: zone },
    ...(sameYear ? {} : { year: "numeric" }),
  })
    .format(at)
    .replace(",", "");
}
