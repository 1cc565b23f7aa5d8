import type { PlumbDays, PlumbEpisode } from "#lib/environments/schemas.ts";

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

/** What an environment's own page offers: a month, too. */
export const PAGE_WINDOWS = [...WINDOWS, { name: "30 d", words: "last 30 days", ms: 2_592_000_000 }];

/** A window's name as addresses say it. */
export const windowId = (name: string) => name.replaceAll(" ", "");

/** How many days are asked for, that a window may be drawn. */
export const daysOf = (ms: number): PlumbDays => (ms > 604_800_000 ? "30" : ms > 86_400_000 ? "7" : "1");

/** The window that the page's address names. */
export const namedWindow = (id: string | null) => PAGE_WINDOWS.find(({ name }) => windowId(name) === id);
