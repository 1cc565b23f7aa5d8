import type { PlumbEpisode } from "#lib/environments/schemas.ts";

/** How much time a plumb line can show: a short name, words, and milliseconds. */
export const WINDOWS = [
  { name: "15 min", words: "last 15 minutes", ms: 900_000 },
  { name: "1 h", words: "last hour", ms: 3_600_000 },
  { name: "6 h", words: "last 6 hours", ms: 21_600_000 },
  { name: "24 h", words: "last 24 hours", ms: 86_400_000 },
  { name: "7 d", words: "last 7 days", ms: 604_800_000 },
] as const;

export type Window = (typeof WINDOWS)[number];

const day = WINDOWS[3];

/** The smallest window that holds every episode, a day at most; a day where there is none. */
export function fittingWindow(episodes: readonly PlumbEpisode[], now: number): Window {
  if (episodes.length === 0) return day;
  return windowSince(Math.min(...episodes.map((episode) => Date.parse(episode.startedAt))), now);
}

/** The smallest window that holds what began at `first` (ms), a day at most. */
export function windowSince(first: number, now: number): Window {
  return WINDOWS.find((window) => window.ms <= day.ms && now - first < window.ms * 0.95) ?? day;
}
