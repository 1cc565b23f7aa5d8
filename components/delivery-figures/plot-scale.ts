import { duration } from "#lib/protocol/duration.ts";

/** Where a value stands between the bottom (0) and the top (1) of a plot, and what is written beside its axis. */
export type Scale = { at(value: number): number; ticks: { value: number; words: string }[] };

/** From nothing to a round number above the most: for counts. */
export function countScale(most: number): Scale {
  const top = niceAbove(Math.max(1, most));
  const middle = top / 2;
  const ticks = [top, ...(Number.isInteger(middle) ? [middle] : [])];
  return { at: (value) => value / top, ticks: ticks.map((value) => ({ value, words: String(value) })) };
}

/** 1, 2, 4, 10, 20, 40, …: at least `value`. */
export function niceAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 4, 10].find((step) => step * power >= value) ?? 10) * power;
}

const STEPS_MS = [1, 10, 60, 600, 3600, 6 * 3600, 86_400, 7 * 86_400, 30 * 86_400, 365 * 86_400].map(
  (s) => s * 1000,
);

/** By their logarithm, between round durations around the values: a minute and a day are both seen. */
export function durationScale(values: readonly number[]): Scale {
  const known = values.filter((value) => value > 0);
  const [least, most] = [Math.min(...known), Math.max(...known)];
  const under = STEPS_MS.findLastIndex((step) => step <= least);
  const from = known.length === 0 ? 0 : Math.min(STEPS_MS.length - 2, Math.max(0, under));
  const over = STEPS_MS.findIndex((step) => step >= most);
  const to = known.length === 0 ? 1 : Math.max(from + 1, over === -1 ? STEPS_MS.length - 1 : over);
  const ticks = STEPS_MS.slice(from, to + 1);
  const [low, high] = [Math.log(ticks[0]!), Math.log(ticks.at(-1)!)];
  return {
    at: (value) => Math.min(1, Math.max(0, (Math.log(Math.max(value, 1)) - low) / (high - low))),
    ticks: ticks.map((value) => ({ value, words: duration(value) })),
  };
}
