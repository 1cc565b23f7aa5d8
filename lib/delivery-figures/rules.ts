/** How many durations fell into which bucket; a bucket's number is its key. */
export type Histogram = Record<string, number>;

/** Buckets grow by a 16th of an octave, so that a percentile is read within 2.2 % of the true one. */
const perOctave = 16;

/** The bucket of a duration in milliseconds; what is under a second is a second. */
export function bucketOf(ms: number): number {
  return Math.floor(Math.log2(Math.max(1000, ms) / 1000) * perOctave);
}

/** Counts durations into buckets. */
export function histogramOf(durations: readonly number[]): Histogram {
  const histogram: Histogram = {};
  for (const ms of durations) histogram[bucketOf(ms)] = (histogram[bucketOf(ms)] ?? 0) + 1;
  return histogram;
}

/** All histograms as one. */
export function mergeHistograms(histograms: readonly Histogram[]): Histogram {
  const merged: Histogram = {};
  for (const one of histograms)
    for (const [bucket, count] of Object.entries(one)) merged[bucket] = (merged[bucket] ?? 0) + count;
  return merged;
}

/** The duration, in milliseconds, that a share (0 to 1) of all does not exceed; null where there is none. */
export function quantileOf(histogram: Histogram, share: number): number | null {
  const buckets = Object.entries(histogram)
    .map(([bucket, count]) => [Number(bucket), count] as const)
    .sort(([a], [b]) => a - b);
  const total = buckets.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return null;
  let left = Math.max(1, Math.ceil(total * share));
  for (const [bucket, count] of buckets) {
    left -= count;
    if (left <= 0) return Math.round(1000 * 2 ** ((bucket + 0.5) / perOctave));
  }
  return null;
}
