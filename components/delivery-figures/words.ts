/** "20 Nov": a day of the figures, which are counted by UTC. */
export function exactDay(day: string): string {
  return day === ""
    ? ""
    : new Date(`${day}T00:00:00Z`).toLocaleDateString("en-GB", {
        day: "numeric",
        month: "short",
        timeZone: "UTC",
      });
}

/** "3.4 a day", "2 a week": how often, in the unit in which it is at least one. */
export function frequencyWords(perDay: number): string {
  if (perDay === 0) return "none";
  const [count, unit] =
    perDay >= 1 ? [perDay, "day"] : perDay * 7 >= 1 ? [perDay * 7, "week"] : [perDay * 30.44, "month"];
  return `${count >= 10 ? Math.round(count) : Number(count.toFixed(1))} a ${unit}`;
}
