import type { ChannelConfig, ChannelKind } from "./channels/schemas.ts";

const firstRetryMs = 5000;
const lastRetryMs = 15 * 60_000;
/** A delivery is tried for this long. */
export const GIVE_UP_AFTER_MS = 24 * 3_600_000;

type Attempted = {
  attempts: number;
  createdAt: number;
  now: number;
  retryable: boolean;
  retryAfterMs?: number;
  /** From 0 to 1. */
  random: number;
};

/** When to try again, in milliseconds since the epoch; null where it is given up. Pure. */
export function nextAttemptAt(one: Attempted): number | null {
  const lastAt = one.createdAt + GIVE_UP_AFTER_MS;
  if (!one.retryable || one.now >= lastAt) return null;
  const backoff = Math.min(lastRetryMs, firstRetryMs * 2 ** Math.min(20, Math.max(0, one.attempts - 1)));
  const jittered = Math.min(lastRetryMs, backoff * (0.75 + 0.5 * one.random));
  return Math.min(lastAt, Math.round(one.now + Math.max(jittered, one.retryAfterMs ?? 0)));
}

/** Where a channel leads, for people. */
export function targetOf(kind: ChannelKind, config: ChannelConfig): string {
  if ("host" in config) return config.host;
  if ("channel" in config) return /^[#CGD]/.test(config.channel) ? config.channel : `#${config.channel}`;
  const [first = "", ...others] = config.recipients;
  return others.length > 0 ? `${first} and ${others.length} more` : first || kind;
}
