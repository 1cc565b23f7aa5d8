/** The value that a share of all values (0 to 1) does not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Milliseconds for people: three digits that mean something. */
export const asTime = (ms: number): string =>
  ms >= 1000 ? `${(ms / 1000).toFixed(2)} s` : `${ms.toFixed(ms < 10 ? 2 : 0)} ms`;

/** Median and both ends of several runs. */
export const asRange = (times: readonly number[]): string =>
  `${asTime(median(times))} (${asTime(Math.min(...times))} to ${asTime(Math.max(...times))})`;

/** How many times `one` takes what `other` takes. */
export const asRatio = (one: number, other: number): string => `${(one / other).toFixed(1)}×`;
