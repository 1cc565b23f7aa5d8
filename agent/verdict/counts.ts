import type { ResourceStatus } from "../../lib/protocol/object.ts";
import { type Counts, environmentState } from "../../lib/protocol/state.ts";
import type { Snapshot } from "../report/delta.ts";

/** How many objects are in each status, as the environment's state asks. */
export function countsOf(resources: readonly ResourceStatus[]): Counts {
  const counts: Counts = { sync: {}, health: {}, cause: {} };
  for (const { sync, health, cause } of resources) {
    counts.sync[sync] = (counts.sync[sync] ?? 0) + 1;
    // An Extra object's health says nothing of what Git asks for.
    if (sync !== "Extra") counts.health[health] = (counts.health[health] ?? 0) + 1;
    if (cause) counts.cause[cause] = (counts.cause[cause] ?? 0) + 1;
  }
  return counts;
}

/** The state of a snapshot in words, such as `Diverged drift`: the queue keeps every change of it. */
export function stateOf(snapshot: Snapshot, progressDeadlineMs?: number): string {
  const now = Date.parse(snapshot.observedAt);
  const { state, causes } = environmentState({
    now,
    lastSeenAt: now,
    reportIntervalMs: 60_000,
    suspended: snapshot.suspended && {
      ...snapshot.suspended,
      until: snapshot.suspended.until === null ? null : Date.parse(snapshot.suspended.until),
    },
    problem: snapshot.problem,
    headRevision: (snapshot.revision ?? snapshot.head)?.revision ?? null,
    comparedRevision: snapshot.comparedRevision,
    counts: countsOf(snapshot.resources),
    waiting: snapshot.waiting,
    applying: snapshot.applying,
    movingSince: snapshot.movingSince === null ? null : Date.parse(snapshot.movingSince),
    progressDeadlineMs,
  });
  return [state, ...causes].join(" ");
}
