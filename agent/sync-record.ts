import { createHash } from "node:crypto";
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
    ...baseOf(environment, trigger, "observed"),
    startedAt: at,
    finishedAt: at,
    objects: [],
  };
  return { sync, problem: null };
}

/**
 * A UUID made of what a record is about: the same for what is told again after a crash between telling and
 * remembering it, and another where trying again was about something else or has ended otherwise.
 */
function idOf(...about: string[]): string {
  const hex = createHash("sha256").update(about.join(" ")).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** What every record of the current desired state holds. */
export function baseOf(environment: Environment, trigger: SyncTrigger, outcome: Sync["outcome"]) {
  const { declaration, desired } = environment;
  if (!desired) throw new Error("A sync is recorded of a desired state, and there is none yet.");
  const { revision } = desired.commit;
  const { nextSync } = environment.memory.is;
  return {
    id: idOf(nextSync, revision, desired.renderedDigest, declaration.mode, outcome),
    outcome,
    revision,
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
