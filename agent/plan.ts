import { objectKey, type ResourceStatus } from "../lib/protocol/object.ts";
import type { SyncTrigger } from "../lib/protocol/report.ts";
import { FIELD_MANAGER } from "./apply/index.ts";
import { type Find, waitingFor } from "./dependencies.ts";
import type { DesiredState } from "./desired-state.ts";
import type { Environment } from "./environment.ts";
import { StageError } from "./errors.ts";
import { type DesiredObject, refOf } from "./object.ts";
import { mannerOf } from "./sync-record.ts";
import { fightSentence } from "./verdict/fights.ts";

/** What is to be applied, and why. `prune`: it is the whole set, so what is no longer in it goes. */
export type Plan = {
  trigger: SyncTrigger;
  objects: DesiredObject[];
  prune: boolean;
  healing: ResourceStatus[];
  /** The desired state that it is part of, where a newer one waits for other environments. */
  of?: { revision: string; renderedDigest: string };
};

/**
 * Decides what mode `sync` does about the verdicts: everything for a revision that was not applied yet or that
 * failed and is due again; only the moved objects for drift; nothing where suspended or nothing differs.
 */
export function planOf(
  environment: Environment,
  trigger: SyncTrigger,
  verdicts: ResourceStatus[],
  find: Find,
): Plan | null {
  const { declaration, desired, memory } = environment;
  environment.waiting = null;
  if (declaration.mode !== "sync" || !desired || environment.redeclared) return null;
  if (environment.blocked || environment.paused.pause) return null;
  const all = (because: SyncTrigger): Plan => ({
    trigger: because,
    objects: desired.objects,
    prune: true,
    healing: [],
  });
  const { recordedRevision, recordedDigest, recordedMode, recordedWell } = memory.is;
  const now = environment.parts.now().getTime();
  const due = now >= environment.retry.at || trigger === "hint" || trigger === "resume";
  const isNew =
    recordedRevision !== desired.commit.revision ||
    recordedDigest !== desired.renderedDigest ||
    recordedMode !== "sync";
  const isOtherwise = !isNew && recordedWell && memory.is.recordedAs !== mannerOf(declaration);
  // What is in the cluster already is still put back; only what is new has to wait for others.
  if (isNew || !recordedWell) environment.waiting = waitingFor(environment, find);
  if (environment.waiting) return planMeanwhile(environment, desired, verdicts, now);
  if (isNew) return all(trigger === "retry" ? "commit" : trigger);
  if (isOtherwise) return all("declaration");
  if (!recordedWell) return due ? all(trigger === "commit" ? "retry" : trigger) : null;

  const cut = memory.is.attempt;
  if (cut?.keys && cut.revision === recordedRevision && cut.renderedDigest === recordedDigest)
    return { trigger: cut.trigger, objects: objectsOf(desired, cut.keys), prune: false, healing: [] };

  const { healing, fighting } = differing(environment, verdicts, now);
  const [fight] = fighting;
  if (fight)
    environment.failed(
      "apply",
      new StageError("apply", "Contested", fightSentence(fight, FIELD_MANAGER), {
        next: "retry",
        at: { ref: fight.status.ref },
      }),
      "apply",
    );
  else if (
    memory.is.problems.apply?.reason === "Contested" &&
    healing.length === 0 &&
    environment.fights.calm(now)
  )
    environment.solved("apply");
  if (healing.length === 0 || !due) return null;
  const objects = objectsOf(
    desired,
    healing.map(({ ref }) => objectKey(ref)),
  );
  const because = healing.some(({ cause }) => cause === "drift") ? "drift" : trigger;
  return { trigger: because, objects, prune: false, healing };
}

/** While what is new waits: what Git asks for as before, and the cluster has moved away from. */
function planMeanwhile(
  environment: Environment,
  desired: DesiredState,
  verdicts: ResourceStatus[],
  now: number,
): Plan | null {
  const { recordedRevision: revision, recordedDigest, recordedMode, recordedWell } = environment.memory.is;
  if (!revision || !recordedDigest || recordedMode !== "sync" || !recordedWell) return null;
  const healing = differing(environment, verdicts, now).healing.filter(({ cause }) => cause === "drift");
  if (healing.length === 0) return null;
  const objects = objectsOf(
    desired,
    healing.map(({ ref }) => objectKey(ref)),
  );
  return {
    trigger: "drift",
    objects,
    prune: false,
    healing,
    of: { revision, renderedDigest: recordedDigest },
  };
}

function objectsOf(desired: DesiredState, keys: string[]): DesiredObject[] {
  const wanted = new Set(keys);
  return desired.objects.filter(({ object }) => wanted.has(objectKey(refOf(object))));
}

/** Whether something has moved in the cluster that can be put back, or that must be said to be contested. */
export function hasDrift(environment: Environment): boolean {
  const now = environment.parts.now().getTime();
  if (environment.declaration.mode !== "sync" || environment.blocked || environment.paused.pause)
    return false;
  if (environment.applying || environment.redeclared) return false;
  if (!environment.memory.is.recordedWell || now < environment.retry.at) return false;
  const { healing, fighting } = differing(environment, environment.resources, now);
  const untold = fighting.length > 0 && environment.memory.is.problems.apply?.reason !== "Contested";
  return untold || healing.some(({ cause }) => cause === "drift");
}

/** Objects to put back, and those that someone else keeps changing. Extra ones wait for the next whole set. */
function differing(environment: Environment, verdicts: ResourceStatus[], now: number) {
  const moved = verdicts.filter(({ sync }) => sync === "Modified" || sync === "Missing");
  const fighting = moved.flatMap((status) => environment.fights.find(status, now) ?? []);
  const contested = new Set(fighting.map(({ status }) => objectKey(status.ref)));
  return { fighting, healing: moved.filter(({ ref }) => !contested.has(objectKey(ref))) };
}
