import { createHash } from "node:crypto";
import type { EnvironmentRevision, Sync, SyncTrigger } from "../lib/protocol/report.ts";
import type { Followed } from "./attribute.ts";
import type { Declaration } from "./declaration.ts";
import type { Environment } from "./environment.ts";

/** The record that a revision was compared, once for each, where nothing is ever applied. */
export function observedSync(environment: Environment, trigger: SyncTrigger): Sync | null {
  const { declaration, desired, memory, parts } = environment;
  if (!desired || declaration.mode !== "observe") return null;
  const { recordedRevision, recordedDigest, recordedMode } = memory.is;
  if (
    recordedRevision === desired.commit.revision &&
    recordedDigest === desired.renderedDigest &&
    recordedMode === "observe"
  )
    return null;
  const at = parts.now().toISOString();
  recorded(environment, true);
  return {
    ...baseOf(environment, trigger, "observed"),
    outcome: "observed",
    startedAt: at,
    finishedAt: at,
    objects: [],
  };
}

/**
 * A UUID made of what a record is about: the same for what is told again after a crash between telling and
 * remembering it, and another where trying again was about something else or has ended otherwise.
 */
function idOf(...about: string[]): string {
  const hex = createHash("sha256").update(about.join(" ")).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** What every record of a desired state holds; `ended` is how it ended, or that it was applied. */
export function baseOf(
  environment: Environment,
  trigger: SyncTrigger,
  ended: Sync["outcome"] | "applied",
  of?: { revision: string; renderedDigest: string },
) {
  const { declaration, desired, memory } = environment;
  if (!desired) throw new Error("A sync is recorded of a desired state, and there is none yet.");
  const { revision, renderedDigest } = of ?? { ...desired.commit, ...desired };
  const noticedAt = memory.is.noticed[revision];
  return {
    id: idOf(memory.is.nextSync, revision, renderedDigest, declaration.mode, ended),
    revision,
    ...(revision === desired.commit.revision && { commit: desired.commit }),
    trigger,
    mode: declaration.mode,
    ...(noticedAt && { noticedAt }),
    renderedDigest,
  };
}

/** How a declaration has its objects applied: where that changes, they are applied anew without a commit. */
export function mannerOf(declaration: Declaration): string {
  const { prune, pruneKinds, recreateKinds, onConflict } = declaration;
  const { serviceAccountName, serviceAccountNamespace } = declaration;
  return JSON.stringify([
    prune,
    pruneKinds,
    recreateKinds,
    onConflict,
    serviceAccountName,
    serviceAccountNamespace,
  ]);
}

/** Remembers, over restarts, that the current desired state has its record, and whether it was applied well. */
export function recorded(environment: Environment, well: boolean): void {
  const { desired, declaration, memory } = environment;
  memory.is.recordedRevision = desired?.commit.revision ?? null;
  memory.is.recordedDigest = desired?.renderedDigest ?? null;
  memory.is.recordedMode = declaration.mode;
  memory.is.recordedAs = mannerOf(declaration);
  memory.is.recordedWell = well;
  memory.touch();
}

/** How many revisions' first sight is remembered. */
const MOST_NOTICED = 20;

/** Remembers when the ref was first seen to have come to a revision. */
export function noticed(environment: Environment, revision: string): void {
  const { memory, parts } = environment;
  if (memory.is.noticed[revision]) return;
  const all = [...Object.entries(memory.is.noticed), [revision, parts.now().toISOString()]];
  memory.is.noticed = Object.fromEntries(all.slice(-MOST_NOTICED));
  memory.touch();
}

/** What was found was seen when the ref came past it; a revision that is not the environment's is not remembered. */
export function attributed(
  { memory }: Environment,
  { looked, commit }: Pick<Followed, "looked" | "commit">,
  found: EnvironmentRevision[],
  head: string,
): void {
  const { noticed } = memory.is;
  const at = noticed[head];
  for (const { commit } of found) if (at) noticed[commit.revision] ??= at;
  if (looked === head && commit.revision !== head) delete noticed[head];
}
