import { leadingCause } from "#components/state/state.ts";
import type { PlumbEpisode, PlumbMark } from "#lib/environments/schemas.ts";
import type { Cause } from "#lib/protocol/state.ts";

export type Band = {
  id: string;
  cause: Cause;
  x0: number;
  x1: number;
  /** Height of the gap; negative is up (Git moved), positive is down (the cluster moved). */
  y: number;
  open: boolean;
  episode: PlumbEpisode;
};

const MIN_WIDTH = 3;

/**
 * Where each episode of [from, to] (ms) stands on a line `width` wide: width is time, height grows
 * with the logarithm of the objects that differ, up is Git ahead and down is the cluster astray.
 * Episodes shorter than a pixel keep a minimum width.
 */
export function bands(
  episodes: readonly PlumbEpisode[],
  window: { from: number; to: number },
  size: { width: number; reach: number; step: number },
): Band[] {
  const scale = size.width / Math.max(1, window.to - window.from);
  const result: Band[] = [];
  for (const episode of episodes) {
    const start = Date.parse(episode.startedAt);
    const end = episode.endedAt === null ? window.to : Date.parse(episode.endedAt);
    if (end < window.from || start > window.to) continue;
    const cause = leadingCause(episode.causes) ?? "pending";
    let x0 = Math.max(0, (start - window.from) * scale);
    const x1 = Math.min(size.width, Math.max(x0 + MIN_WIDTH, (end - window.from) * scale));
    x0 = Math.min(x0, x1 - MIN_WIDTH);
    const height = Math.min(size.reach, 3 + size.step * Math.log2(1 + Math.max(1, episode.objects)));
    const down = cause === "drift" || cause === "unhealthy";
    result.push({
      id: episode.id,
      cause,
      x0,
      x1,
      y: down ? height : -height,
      open: episode.endedAt === null,
      episode,
    });
  }
  return result;
}

/** The line that leaves the middle `m` at x0, runs at the band's height and comes back (unless open). */
export function bandPath(band: Band, m: number, radius: number): string {
  const q = Math.min(radius, (band.x1 - band.x0) / 2);
  const y = m + band.y;
  const leave = `M${r(band.x0)} ${m}C${r(band.x0 + q / 2)} ${m} ${r(band.x0 + q / 2)} ${r(y)} ${r(band.x0 + q)} ${r(y)}`;
  if (band.open) return `${leave}H${r(band.x1)}`;
  return `${leave}H${r(band.x1 - q)}C${r(band.x1 - q / 2)} ${r(y)} ${r(band.x1 - q / 2)} ${m} ${r(band.x1)} ${m}`;
}

/** A tick across the line at `x`; a hand edit hangs below it, and an alert is a flag that was raised on it. */
export function markPath(kind: PlumbMark["kind"], x: number, m: number): string {
  if (kind === "edit") return `M${r(x)} ${m}v6`;
  if (kind === "alert") return `M${r(x)} ${m}v-16l7 3.5l-7 3.5`;
  return `M${r(x)} ${m - 5}v10`;
}

const r = (n: number) => Math.round(n * 100) / 100;
