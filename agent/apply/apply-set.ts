import { objectKey } from "../../lib/protocol/object.ts";
import type { Cluster } from "../cluster/index.ts";
import { StageError } from "../errors.ts";
import { type DesiredObject, refOf } from "../object.ts";
import { applyOne } from "./apply-one.ts";
import { parallel } from "./parallel.ts";
import { PAUSED_PRUNE, pruneObsolete } from "./prune.ts";
import type { Refused } from "./refused.ts";
import { interruptedResult, noteRefusals, outcomesInOrder, refusedResult, stoppedResult } from "./results.ts";
import {
  type ApplySetInput,
  type ApplySetResult,
  aside,
  openRun,
  type Run,
  SUSPENDED,
  WIDTH,
} from "./run.ts";
import { refusedUnasked, type Validation, validate, validateExempt } from "./validate.ts";
import { waitForWave } from "./wave-health.ts";
import { stepsOf } from "./waves.ts";

/**
 * Converges an environment by server-side apply: everything is validated first and one refusal means that
 * nothing is applied; then step by step, each wave once the one before it is healthy; then prune. A step that
 * fails ends it. Never throws for what the API server says; where `signal` aborts, it answers with what was done.
 */
export async function applySet(cluster: Cluster, input: ApplySetInput): Promise<ApplySetResult> {
  const run = openRun(cluster, input);
  try {
    return await applyAll(run);
  } catch (error) {
    if (!input.signal?.aborted) throw error;
    return interruptedResult(run, []);
  }
}

async function applyAll(run: Run): Promise<ApplySetResult> {
  const { objects, input } = run;
  const unasked = refusedUnasked(run);
  const validations = unasked.length > 0 ? unasked : await validate(run);
  const refused = refusalsOf(validations);
  if (refused.length > 0) return refusedResult(run, refused);
  input.begun?.(objects.map(({ object }) => refOf(object)));

  let waiting = remember(run, validations);
  for (const step of stepsOf(objects)) {
    // Once namespaces and CRDs are there, all that waited for them is asked about, before any of it is applied.
    if (waiting.length > 0 && !step.isGround) {
      const later = await validateExempt(run, waiting);
      const problems = refusalsOf(later);
      noteRefusals(run, problems);
      if (problems.length > 0)
        return stopped(
          run,
          problems.map(({ error }) => error),
        );
      remember(run, later);
      waiting = [];
    }
    const answers = await parallel(step.objects, WIDTH, (desired) => applyOne(run, desired));
    const problems = [...new Set(answers.filter((problem) => problem !== undefined))];
    if (problems.length > 0) return stopped(run, problems);
    if (!step.ends || input.waitBetweenWaves === false) continue;
    const wave = step.ends;
    const late = await aside(run, () => waitForWave(run, wave));
    if (late) return stoppedResult(run, [late], `Not applied, because wave ${wave.wave} is not healthy.`);
  }
  return pruned(run);
}

const stopped = (run: Run, problems: StageError[]) =>
  stoppedResult(
    run,
    problems,
    problems.includes(SUSPENDED)
      ? "Not applied, because the environment was suspended meanwhile."
      : "Not applied, because something before it failed.",
  );

/** Notes what the dry run said; answers with the objects that it could not ask about. */
function remember(run: Run, validations: Validation[]): DesiredObject[] {
  return validations.flatMap((validation) => {
    if (validation.is === "exempt") return [validation.desired];
    if (validation.is === "valid")
      run.effects.set(objectKey(refOf(validation.desired.object)), validation.effect);
    return [];
  });
}

const refusalsOf = (validations: Validation[]): Refused[] =>
  validations.filter((validation) => validation.is === "refused");

async function pruned(run: Run): Promise<ApplySetResult> {
  if (run.input.paused?.()) return stopped(run, [SUSPENDED]);
  const outcomes = await pruneObsolete(run);
  if (run.input.signal?.aborted) return interruptedResult(run, outcomes);
  const failed = outcomes.find(({ action }) => action === "failed");
  const kept = outcomes.filter(({ action }) => action !== "pruned").map(({ ref }) => ref);
  return {
    outcomes: [...outcomesInOrder(run), ...outcomes],
    applied: run.objects.length > 0,
    problem:
      (outcomes.some(({ message }) => message === PAUSED_PRUNE) ? SUSPENDED : undefined) ??
      (failed &&
        new StageError("prune", "PruneFailed", failed.message ?? "An object could not be removed.", {
          ...{ next: "retry", at: { ref: failed.ref } },
        })),
    inventory: [...run.objects.map(({ object }) => refOf(object)), ...kept],
  };
}
