import { duration } from "#lib/protocol/duration.ts";

export { duration };

/** "just now", "6 min ago", "in 3 h". */
export function relativeTime(at: string, now: number): string {
  const ms = now - Date.parse(at);
  if (Math.abs(ms) < 1500) return "just now";
  const coarse = Math.abs(ms) >= 60_000 ? Math.floor(Math.abs(ms) / 60_000) * 60_000 : Math.abs(ms);
  return ms > 0 ? `${duration(coarse)} ago` : `in ${duration(coarse)}`;
}

/** "Fri 20 Nov 2026, 14:02:11 CET": for titles. */
export function exactTime(at: string): string {
  return new Date(at).toLocaleString("en-GB", {
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    timeZoneName: "short",
  });
}

export const shortSha = (revision: string) => revision.slice(0, 7);

/** "1 object", "3 objects". */
export const plural = (n: number, word: string, many = `${word}s`) => `${n} ${n === 1 ? word : many}`;

/** Only web links are links; `javascript:` and friends from a repository stay text. */
export function safeHref(url: string | null | undefined): string | undefined {
  return url && /^https?:\/\//i.test(url) ? url : undefined;
}
