const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * minute),
  ...[1, 2, 3, 6, 12].map((n) => n * hour),
  ...[1, 2, 5, 10].map((n) => n * day),
];

export type Tick = { at: number; text: string };

/** Round instants of a window as a clock on the reader's wall shows them, at most `most`; `zone` is for tests. */
export function axisTicks(window: { from: number; to: number }, most: number, zone?: string): Tick[] {
  const span = window.to - window.from;
  const step = STEPS.find((one) => span / one <= most) ?? STEPS.at(-1)!;
  const ticks: Tick[] = [];
  const offset = offsetOf(window.to, zone);
  for (let at = Math.ceil((window.from + offset) / step) * step - offset; at < window.to; at += step)
    ticks.push({ at, text: textOf(at, step, span, zone) });
  return ticks;
}

function textOf(at: number, step: number, span: number, zone?: string): string {
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat("en-GB", { ...options, ...(zone ? { timeZone: zone } : {}) }).format(at);
  if (step >= day)
    return format(span > 8 * day ? { day: "numeric", month: "short" } : { weekday: "short", day: "numeric" });
  const time = format({ hour: "2-digit", minute: "2-digit" });
  return time === "00:00" ? format({ weekday: "short", day: "numeric" }) : time;
}

/** How far the reader's clock is ahead of UTC, in ms. */
function offsetOf(at: number, zone?: string): number {
  if (!zone) return -new Date(at).getTimezoneOffset() * minute;
  const local = new Date(at).toLocaleString("sv-SE", { timeZone: zone });
  return Math.round((Date.parse(`${local.replace(" ", "T")}Z`) - at) / minute) * minute;
}
