import { type ObjectRef, objectKey } from "../../lib/protocol/object.ts";
import type { ObjectOutcome } from "../../lib/protocol/report.ts";
import { StageError } from "../errors.ts";
import { refOf } from "../object.ts";
import type { Refused } from "./refused.ts";
import { type ApplySetResult, note, noteTheRest, type Run } from "./run.ts";

/** Nothing was applied, because something was refused. */
export function refusedResult(run: Run, refused: Refused[]): ApplySetResult {
  noteRefusals(run, refused);
  const what = refused.length === 1 ? "one object was refused" : `${refused.length} objects were refused`;
  noteTheRest(run, "skipped", `Nothing was applied, because ${what}.`);
  return {
    outcomes: outcomesInOrder(run),
    applied: false,
    problem: combined(refused.map(({ error }) => error)),
    inventory: run.input.previousInventory,
  };
}

/** Something was applied and something failed, was refused, or did not become healthy; nothing after it was begun. */
export function stoppedResult(run: Run, problems: StageError[], because: string): ApplySetResult {
  noteTheRest(run, "skipped", because);
  return {
    outcomes: outcomesInOrder(run),
    applied: run.written.size > 0 || [...run.outcomes.values()].some(({ action }) => action === "unchanged"),
    problem: combined(problems),
    inventory: inventoryOfNow(run),
  };
}

/** The run was told to end before it was done. `more` is what was pruned, or was not, until then. */
export function interruptedResult(run: Run, more: ObjectOutcome[]): ApplySetResult {
  noteTheRest(run, "skipped", "Not applied, because the apply was cut short.");
  const left = [...run.outcomes.values()].filter(({ action }) => action === "skipped" || action === "failed");
  const done = run.objects.length - left.length;
  const message = `The apply was cut short: ${done} of ${run.objects.length} objects were done. What is left is done next.`;
  const pruned = new Set(more.filter(({ action }) => action === "pruned").map(({ ref }) => objectKey(ref)));
  return {
    outcomes: [...outcomesInOrder(run), ...more],
    applied: run.written.size > 0 || pruned.size > 0,
    problem: new StageError("apply", "Interrupted", message, {
      next: "retry",
      cause: run.input.signal?.reason,
    }),
    inventory: inventoryOfNow(run).filter((ref) => !pruned.has(objectKey(ref))),
  };
}

/** Notes the refusal of each. */
export function noteRefusals(run: Run, refused: Refused[]): void {
  for (const { desired, error } of refused) note(run, refOf(desired.object), "failed", error.message);
}

/** What became of the objects, in the order Git has them. */
export function outcomesInOrder(run: Run): ObjectOutcome[] {
  const keys = new Set(run.objects.map(({ object }) => objectKey(refOf(object))));
  return [...keys].map((key) => run.outcomes.get(key)).filter((outcome) => outcome !== undefined);
}

/** What the environment had, and what it has or may have by now. */
function inventoryOfNow(run: Run): ObjectRef[] {
  const unchanged = outcomesInOrder(run).filter(({ action }) => action === "unchanged");
  const refs = [
    ...run.input.previousInventory,
    ...[...run.written.values(), ...unchanged].map(({ ref }) => ref),
  ];
  return [...new Map(refs.map((ref) => [objectKey(ref), ref])).values()];
}

/** The first problem, and how many more there are; trying again helps only if it helps all of them. */
function combined(errors: StageError[]): StageError | undefined {
  const [first, ...others] = errors;
  if (!first || others.length === 0) return first;
  const next = errors.some((error) => error.next === "stalled") ? "stalled" : "retry";
  return new StageError(first.stage, first.reason, `${first.message} (and ${others.length} more)`, {
    ...{ next, at: first.at, cause: first },
  });
}
