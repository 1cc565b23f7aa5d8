import { Cron } from "croner";
import type { Window } from "../declaration.ts";

/** Whether applies are allowed, and the instant of the next change; null where none comes. */
export type WindowVerdict =
  | { open: true; until: Date | null }
  | { open: false; until: Date | null; reason: string };

/** Windows that follow each other without a gap for longer than this have no end that is worth looking for. */
const MOST_EDGES = 400;

/**
 * What sync windows say at an instant: an open deny window beats everything, and where there are allow windows
 * the rest of time is denied. A window is open from each time of its schedule for its duration.
 */
export function windowAt(windows: readonly Window[], now: Date): WindowVerdict {
  if (windows.length === 0) return { open: true, until: null };
  const at = now.getTime();
  const timed = windows.map((window) => followFrom(window, at));
  const denied = deniedAt(timed, at);
  const deny = timed.find((one) => one.window.kind === "deny" && one.isOpen(at))?.window;
  let edge = nextEdge(timed, at);
  for (let edges = 0; edge !== null && deniedAt(timed, edge) === denied; edges++)
    edge = edges < MOST_EDGES ? nextEdge(timed, edge) : null;
  const until = edge === null ? null : new Date(edge);
  return denied
    ? { open: false, until, reason: reasonOf(deny, deny ?? windows[0], until) }
    : { open: true, until };
}

/** A window as it goes through time, asked about instants that never go back. */
type Timed = { window: Window; isOpen: (at: number) => boolean; nextEdge: (at: number) => number | null };

function followFrom(window: Window, from: number): Timed {
  const cron = new Cron(window.schedule, { mode: "5-part", timezone: window.timezone });
  // Croner answers in whole seconds, and leaves out the very second that it is asked about.
  const startAfter = (at: number) => cron.nextRun(new Date(at))?.getTime() ?? null;
  let start = startAfter(from - window.duration - 1000);
  let stretch: { from: number; to: number } | null = null;
  /** The stretch of time that is open at an instant, or the next one that will be. */
  const stretchAt = (at: number) => {
    while ((stretch === null || stretch.to <= at) && start !== null) {
      stretch = { from: start, to: start + window.duration };
      start = startAfter(start);
      for (let joined = 0; start !== null && start <= stretch.to; joined++) {
        stretch.to = joined < MOST_EDGES ? start + window.duration : Number.POSITIVE_INFINITY;
        start = joined < MOST_EDGES ? startAfter(start) : null;
      }
    }
    return stretch !== null && stretch.to > at ? stretch : null;
  };
  return {
    window,
    isOpen: (at) => (stretchAt(at)?.from ?? Number.POSITIVE_INFINITY) <= at,
    nextEdge(at) {
      const found = stretchAt(at);
      const edge = found && (found.from <= at ? found.to : found.from);
      return edge !== null && Number.isFinite(edge) ? edge : null;
    },
  };
}

function nextEdge(timed: readonly Timed[], at: number): number | null {
  const edges = timed.flatMap((one) => one.nextEdge(at) ?? []);
  return edges.length > 0 ? Math.min(...edges) : null;
}

function deniedAt(timed: readonly Timed[], at: number): boolean {
  const allows = timed.filter(({ window }) => window.kind === "allow");
  if (timed.some(({ window, isOpen }) => window.kind === "deny" && isOpen(at))) return true;
  return allows.length > 0 && !allows.some(({ isOpen }) => isOpen(at));
}

function reasonOf(deny: Window | undefined, clock: Window | undefined, until: Date | null): string {
  const end = until ? `until ${inZone(until, clock?.timezone)}` : "and no end is in sight";
  if (deny) return `${deny.reason || "A deny window is open"}: applies are denied ${end}.`;
  return `It is outside of the windows that allow applies: they are denied ${end}.`;
}

function inZone(at: Date, timeZone = "UTC"): string {
  const options = { timeZone, dateStyle: "short", timeStyle: "short" } as const;
  return `${new Intl.DateTimeFormat("sv-SE", options).format(at)} ${timeZone}`;
}
