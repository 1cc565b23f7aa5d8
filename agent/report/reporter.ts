import { type EnvironmentRevision, MOST_REVISIONS, type Sync } from "../../lib/protocol/report.ts";
import type { Content } from "./content.ts";
import { deltaSince, type Known, type Snapshot } from "./delta.ts";
import type { Outbox } from "./outbox.ts";
import { clipStatus, splitReport } from "./shrink.ts";

/** Turns snapshots of environments into queued reports: a full one first, then only what changed. */
export type Reporter = ReturnType<typeof openReporter>;

/** `queued` is called after each report that went into the outbox; `maxBytes` is what the server takes at once. */
export function openReporter(options: {
  outbox: Outbox;
  content: Content;
  queued: () => void;
  maxBytes: () => number;
}) {
  const { outbox, content } = options;
  const known = new Map<string, Known>();
  const latest = new Map<string, { snapshot: Snapshot; state: string }>();

  function enqueue(
    snapshot: Snapshot,
    syncs: Sync[],
    state: string,
    always: boolean,
    isPassing = false,
    revisions: EnvironmentRevision[] = [],
  ): boolean {
    const { environment } = snapshot;
    const before = known.get(environment) ?? null;
    const delta = deltaSince(before, snapshot, syncs, revisions);
    if (!delta.changed && !always) return false;
    known.set(environment, delta.known);
    const body = { ...delta.body, resources: delta.body.resources.map(clipStatus) };
    const tooMany =
      body.resources.length > 20_000 || syncs.length > 1000 || revisions.length > MOST_REVISIONS;
    content.mentioned(body);
    const placed = outbox.append({ report: body, full: before === null, state, isPassing });
    if (tooMany || outbox.bytesOf(placed) > options.maxBytes())
      outbox.split(environment, placed.sequence, splitReport(placed, options.maxBytes()));
    options.queued();
    return true;
  }

  return {
    /** Queues what is new in a snapshot; answers whether anything was. `state` is the environment's, in words. */
    publish(
      snapshot: Snapshot,
      state: string,
      syncs: Sync[] = [],
      revisions: EnvironmentRevision[] = [],
    ): boolean {
      latest.set(snapshot.environment, { snapshot, state });
      return enqueue(snapshot, syncs, state, false, false, revisions);
    },

    /** The server lacks what the last report built on: says everything again, once. */
    resend(environment: string): void {
      const last = latest.get(environment);
      if (!last) return;
      known.delete(environment);
      enqueue(last.snapshot, [], last.state, true);
    },

    /** "Still here, nothing new": only where nothing waits, since whatever waits says it as well. */
    heartbeat(now: Date): void {
      for (const [environment, { snapshot, state }] of latest) {
        if (outbox.waiting(environment) > 0) continue;
        enqueue({ ...snapshot, observedAt: now.toISOString() }, [], state, true, true);
      }
    },

    /** The environment is no longer declared. */
    forget(environment: string): void {
      known.delete(environment);
      latest.delete(environment);
    },
  };
}
