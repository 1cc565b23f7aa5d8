import type { Sent } from "./channel.ts";

/** A delivery that failed for good: trying again without anybody changing anything would not help. */
export const refused = (reason: string): Sent => ({ ok: false, reason, retryable: false });

/** A delivery that may succeed later, no sooner than the receiver asked for. */
export const later = (reason: string, retryAfterMs?: number): Sent => ({
  ok: false,
  reason,
  retryable: true,
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});

const LONGEST_MS = 24 * 3_600_000;

/** Milliseconds of a Retry-After header, seconds or a date (RFC 9110, 10.2.3), a day at most; undefined for none. */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (!header) return undefined;
  const seconds = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(seconds, 0), LONGEST_MS);
}
