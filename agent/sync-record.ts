import { randomUUID } from "node:crypto";
import type { Sync, SyncTrigger } from "../lib/protocol/report.ts";
import type { Environment } from "./environment.ts";
import type { StageError } from "./errors.ts";

/** How one attempt ended: the record of it, if it is worth one, and the problem it leaves. */
export type Ended = { sync: Sync | null; problem: StageError | null };

/** The record that a revision was compared, once for each, where nothing is ever applied. */
export function observedSync(environment: Environment, trigger: SyncTrigger): Ended {
  const { declaration, desired, memory, parts } = environment;
  const nothing = { sync: null, problem: null };
  if (!desired || declaration.mode !== "observe") return nothing;
  const { recordedRevision, recordedDigest, recordedMode } = memory.is;
  if (
    recordedRevision === desired.commit.revision &&
    recordedDigest === desired.renderedDigest &&
    recordedMode === "observe"
  )
    return nothing;
  const at = parts.now().toISOString();
  recorded(environment, true);
  const sync: Sync = {
    ...baseOf(environment, trigger),
    outcome: "observed",
    startedAt: at,
    finishedAt: at,
    objects: [],
  };
  return { sync, problem: null };
}

/** What every record of the current desired state holds. */
export function baseOf(environment: Environment, trigger: SyncTrigger) {
  const { declaration, desired } = environment;
  if (!desired) throw new Error("A sync is recorded of a desired state, and there is none yet.");
  return {
    id: randomUUID(),
    revision: desired.commit.revision,
    commit: desired.commit,
    trigger,
    mode: declaration.mode,
    renderedDigest: desired.renderedDigest,
  };
}

/** Remembers, over restarts, that the current desired state has its record, and whether it ended well. */
export function recorded(environment: Environment, well: boolean): void {
  const { desired, declaration, memory } = environment;
  memory.is.recordedRevision = desired?.commit.revision ?? null;
  memory.is.recordedDigest = desired?.renderedDigest ?? null;
  memory.is.recordedMode = declaration.mode;
  memory.is.recordedWell = well;
  memory.touch();
}
