import { knownUntil as knownBy } from "../alerts/rules.ts";
import { env } from "../env.ts";
import { SILENT_AFTER_INTERVALS } from "../protocol/state.ts";

/** Next compiles its own copy of every module: what must be one in a process hangs here. */
const shared = globalThis as typeof globalThis & { plumblineListeningSince?: number };

/** After a start, or a sleep, agents may have old reports to tell and have not been silent: says since when we listen. */
export function listenFrom(since: Date): void {
  shared.plumblineListeningSince = since.getTime();
}

/** Since when this process has been listening without a pause; 0 where nobody has said. */
export const listeningSince = () => shared.plumblineListeningSince ?? 0;

/** How long an agent may say nothing before it counts as silent. */
export const silentAfterMs = () => env().REPORT_INTERVAL_MS * SILENT_AFTER_INTERVALS;

/** Until when, by its agent's clock, it is known how an environment is; null before its first report. */
export function knownUntil(
  record: { observedAt: Date | null; reportedAt: Date | null },
  now: Date,
): number | null {
  return knownBy({
    now: now.getTime(),
    observedAt: record.observedAt?.getTime() ?? null,
    reportedAt: record.reportedAt?.getTime() ?? null,
    listeningSince: listeningSince(),
    silentAfterMs: silentAfterMs(),
  });
}
