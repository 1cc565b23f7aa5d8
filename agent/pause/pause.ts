import type { Suspension } from "../../lib/protocol/hint.ts";
import type { Report } from "../../lib/protocol/report.ts";
import type { Declaration } from "../declaration.ts";
import { type WindowVerdict, windowAt } from "./windows.ts";

/** Why nothing is applied now, as it is reported. */
export type Pause = NonNullable<Report["suspended"]>;

/** Whether applies are paused, and when time alone will change that. */
export type PauseVerdict = { pause: Pause | null; changesAt: number | null };

/**
 * Whether an environment's applies are paused at an instant: by its declaration, else by a person where the
 * declaration lets people do so, else by its windows.
 */
export function pauseAt(declaration: Declaration, asked: Suspension | undefined, now: Date): PauseVerdict {
  const { suspend } = declaration;
  const at = now.getTime();
  const pauses: Pause[] = [];
  if (suspend && (!suspend.until || Date.parse(suspend.until) > at)) {
    const { reason, owner, until = null } = suspend;
    pauses.push({ reason: reason.slice(0, 1000), owner: owner.slice(0, 300), until, by: "declaration" });
  }
  if (asked && declaration.remoteSuspend && Date.parse(asked.until) > at) {
    const { reason, owner, until } = asked;
    pauses.push({ reason, owner, until, by: "person" });
  }
  const window = windowOf(declaration, now);
  if (!window.open) {
    const until = window.until?.toISOString() ?? null;
    pauses.push({ reason: window.reason.slice(0, 1000), owner: "sync window", until, by: "window" });
  }
  const ends = pauses.flatMap(({ until }) => (until ? [Date.parse(until)] : []));
  if (window.open && window.until) ends.push(window.until.getTime());
  return { pause: pauses[0] ?? null, changesAt: ends.length > 0 ? Math.min(...ends) : null };
}

const verdicts = new WeakMap<Declaration, { from: number; verdict: WindowVerdict }>();

/** A verdict on windows holds until its edge, so that not every look has to search the calendar. */
function windowOf(declaration: Declaration, now: Date): WindowVerdict {
  const at = now.getTime();
  const known = verdicts.get(declaration);
  const holds = known && at >= known.from && at < (known.verdict.until?.getTime() ?? known.from + 3_600_000);
  if (known && holds) return known.verdict;
  const verdict = windowAt(declaration.windows, now);
  verdicts.set(declaration, { from: at, verdict });
  return verdict;
}
