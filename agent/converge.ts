import { setTimeout as sleep } from "node:timers/promises";
import { objectKey } from "../lib/protocol/object.ts";
import type { ObjectOutcome, Sync } from "../lib/protocol/report.ts";
import type { ApplySetResult } from "./apply/index.ts";
import type { Environment } from "./environment.ts";
import { StageError } from "./errors.ts";
import { refOf } from "./object.ts";
import type { Plan } from "./plan.ts";
import { clip } from "./report/shrink.ts";
import { baseOf, type Ended, recorded } from "./sync-record.ts";

const LONGEST_RETRY_MS = 15 * 60_000;
/** How long the watches get to show what was applied. */
const CATCH_UP_MS = 5000;

/** Applies a plan and answers its record; what the API server refuses is an outcome, not a thrown error. */
export async function converge(environment: Environment, plan: Plan): Promise<Ended> {
  const { parts, memory, mask } = environment;
  const startedAt = parts.now().toISOString();
  for (const status of plan.healing) environment.fights.note(status, parts.now().getTime());
  const result = await attempt(environment, plan);
  const finishedAt = parts.now().toISOString();
  await caughtUp(environment, result.outcomes);

  remember(environment, plan, result);
  const { problem } = result;
  if (problem) {
    environment.retry.failures += 1;
    const wait = Math.min(
      environment.declaration.interval * 2 ** (environment.retry.failures - 1),
      LONGEST_RETRY_MS,
    );
    environment.retry.at = parts.now().getTime() + wait;
  } else {
    environment.retry = { at: 0, failures: 0 };
    if (memory.is.problems.apply?.reason !== "Contested") environment.solved("apply");
  }
  const sync: Sync = {
    ...baseOf(environment, plan.trigger, problem ? (result.applied ? "failed" : "refused") : "succeeded"),
    startedAt,
    finishedAt,
    ...(problem && { message: clip(mask.text(problem.message), 4000) }),
    objects: result.outcomes.map((outcome) => ({
      ...outcome,
      ...(outcome.message !== undefined && { message: clip(mask.text(outcome.message), 2000) }),
    })),
  };
  const { outcome, trigger, revision } = sync;
  parts.log.info(
    { environment: environment.name, outcome, trigger, revision, ...countOf(result.outcomes) },
    "sync",
  );
  return { sync, problem: problem ?? null };
}

async function attempt(environment: Environment, plan: Plan): Promise<ApplySetResult> {
  const { parts, memory, declaration } = environment;
  const previousInventory = plan.prune ? memory.is.inventory : [];
  try {
    return await parts.applySet({
      environment: environment.name,
      objects: plan.objects,
      previousInventory,
      prune: plan.prune && declaration.prune,
    });
  } catch (error) {
    const problem =
      error instanceof StageError
        ? error
        : new StageError(
            "apply",
            "Interrupted",
            `The apply was cut short: ${(error as Error).message}. It is tried again.`,
            {
              next: "retry",
              cause: error,
            },
          );
    // Something may have been applied before it was cut short, so this is never called a refusal.
    return { outcomes: [], applied: problem.stage !== "validate", problem, inventory: previousInventory };
  }
}

/** What is remembered of an apply: the inventory, and that these objects agreed with Git at this moment. */
function remember(environment: Environment, plan: Plan, result: ApplySetResult): void {
  const { memory, kept } = environment;
  const gone = new Set(
    result.outcomes.filter(({ action }) => action === "pruned").map(({ ref }) => objectKey(ref)),
  );
  if (plan.prune) {
    memory.is.inventory = result.inventory;
    kept.clear();
  }
  const done = new Set(["created", "configured", "unchanged"]);
  const applied = new Set(
    result.outcomes.filter(({ action }) => done.has(action)).map(({ ref }) => objectKey(ref)),
  );
  for (const { ref, desiredDigest } of environment.resources)
    if (desiredDigest && applied.has(objectKey(ref))) memory.is.lastSynced[objectKey(ref)] = desiredDigest;
  const wanted = new Set(plan.objects.map(({ object }) => objectKey(refOf(object))));
  for (const { ref, action, message } of result.outcomes)
    if (plan.prune && action === "skipped" && message && !wanted.has(objectKey(ref)))
      kept.set(objectKey(ref), message);
  if (plan.prune || !result.problem) recorded(environment, !result.problem);
  else memory.is.recordedWell = false;
  memory.is.inventory = memory.is.inventory.filter((ref) => !gone.has(objectKey(ref)));
  environment.followInventory();
  memory.touch();
}

/**
 * Waits until the watches show what was done, so that it is not taken for drift; or until the time is over,
 * for then something (a webhook, a finalizer) keeps the cluster from being what was applied.
 */
async function caughtUp(environment: Environment, outcomes: ObjectOutcome[]): Promise<void> {
  const done = new Set(["created", "configured", "pruned"]);
  const keys = new Set(outcomes.filter(({ action }) => done.has(action)).map(({ ref }) => objectKey(ref)));
  const behind = () =>
    environment
      .compare()
      .some(({ ref, sync }) => sync !== "Synced" && sync !== "Unknown" && keys.has(objectKey(ref)));
  const deadline = Date.now() + CATCH_UP_MS;
  while (keys.size > 0 && behind() && Date.now() < deadline) await sleep(20);
}

function countOf(outcomes: ObjectOutcome[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { action } of outcomes) counts[action] = (counts[action] ?? 0) + 1;
  return counts;
}
