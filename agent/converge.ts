import { setTimeout as sleep } from "node:timers/promises";
import { type ObjectRef, objectKey } from "../lib/protocol/object.ts";
import type { ObjectOutcome, Sync } from "../lib/protocol/report.ts";
import type { ApplySetResult } from "./apply/index.ts";
import { concerns } from "./attribute.ts";
import type { Account } from "./cluster/index.ts";
import type { Environment } from "./environment.ts";
import { StageError } from "./errors.ts";
import type { Attempt } from "./memory.ts";
import { refOf } from "./object.ts";
import type { Plan } from "./plan.ts";
import { clip } from "./report/shrink.ts";
import { baseOf, recorded } from "./sync-record.ts";

const LONGEST_RETRY_MS = 15 * 60_000;
/** How long the watches get to show what was applied. */
const CATCH_UP_MS = 5000;

/** What an apply left: the record of one that ended at once, and the problem that stands in the way. */
export type Converged = { ended: Sync | null; problem: StageError | null };

/**
 * Applies a plan. What was applied stays open until its objects are healthy; what the API server refused has
 * ended, and is an outcome, not a thrown error. An agent that is told to stop goes on after its next start.
 */
export async function converge(environment: Environment, plan: Plan): Promise<Converged> {
  const { parts, memory, declaration } = environment;
  const { startedAt, trigger } = begin(environment, plan);
  for (const status of plan.healing) environment.fights.note(status, parts.now().getTime());
  const result = await attempt(environment, plan);
  if (!result) return { ended: null, problem: null };
  const now = parts.now();
  await caughtUp(environment, result.outcomes);

  remember(environment, plan, result);
  const { problem, outcomes } = result;
  const goesOn = problem?.reason === "Suspended" || problem?.reason === "Superseded";
  if (!goesOn) noteRetry(environment, problem !== undefined);
  const times = { startedAt, ...(result.applied && { appliedAt: now.toISOString() }) };
  const objects = clipped(environment, outcomes);
  memory.is.attempt = null;
  parts.log.info(
    { environment: environment.name, trigger, revision: memory.is.recordedRevision, ...countOf(outcomes) },
    problem ? "apply failed" : "applied",
  );
  if (problem) {
    const ended = problem.reason === "Superseded" ? "superseded" : "failed";
    const outcome = result.applied ? ended : "refused";
    const message = clip(environment.mask.text(problem.message), 4000);
    const finishedAt = parts.now().toISOString();
    const base = baseOf(environment, trigger, outcome, plan.of);
    const sync: Sync = { ...base, outcome, ...times, finishedAt, message, objects };
    // Neither is a problem: it goes on at once when it is resumed, or with what is newer.
    return { ended: sync, problem: goesOn ? null : problem };
  }
  memory.is.open.push({
    ...baseOf(environment, trigger, "applied", plan.of),
    ...{ startedAt, appliedAt: now.toISOString(), objects, whole: plan.prune },
    deadline: new Date(now.getTime() + declaration.progressDeadline).toISOString(),
  });
  memory.nameTaken();
  return { ended: null, problem: null };
}

/** Notes what is begun, so that a killed agent goes on with it as one attempt with its true times. */
function begin(environment: Environment, plan: Plan): Attempt {
  const { memory, desired, parts } = environment;
  const about = {
    revision: plan.of?.revision ?? desired?.commit.revision ?? "",
    renderedDigest: plan.of?.renderedDigest ?? desired?.renderedDigest ?? "",
    keys: plan.prune ? null : plan.objects.map(({ object }) => objectKey(refOf(object))),
  };
  const before = memory.is.attempt;
  const again = before && JSON.stringify({ ...before, ...about }) === JSON.stringify(before);
  if (again) return before;
  const attempt = { ...about, trigger: plan.trigger, startedAt: parts.now().toISOString() };
  memory.is.attempt = attempt;
  memory.touch();
  // What was put back no longer differs: without this, nothing would tell after a kill that it ever did.
  if (!plan.prune) memory.flush();
  return attempt;
}

function noteRetry(environment: Environment, failed: boolean): void {
  const { declaration, memory, parts } = environment;
  if (!failed) {
    environment.retry = { at: 0, failures: 0 };
    if (memory.is.problems.apply?.reason !== "Contested") environment.solved("apply");
    return;
  }
  environment.retry.failures += 1;
  const wait = Math.min(declaration.interval * 2 ** (environment.retry.failures - 1), LONGEST_RETRY_MS);
  environment.retry.at = parts.now().getTime() + wait;
}

const clipped = ({ mask }: Environment, outcomes: ObjectOutcome[]): ObjectOutcome[] =>
  outcomes.map((outcome) => ({
    ...outcome,
    ...(outcome.message !== undefined && { message: clip(mask.text(outcome.message), 2000) }),
  }));

/** Null where the agent is stopping: what was begun is gone on with. */
async function attempt(environment: Environment, plan: Plan): Promise<ApplySetResult | null> {
  const { parts, memory, declaration } = environment;
  const previousInventory = plan.prune ? memory.is.inventory : [];
  try {
    const result = await parts.applySet({
      environment: environment.name,
      objects: plan.objects,
      previousInventory,
      prune: plan.prune && declaration.prune,
      pruneKinds: declaration.pruneKinds,
      recreateKinds: declaration.recreateKinds,
      onConflict: declaration.onConflict,
      account: accountOf(environment),
      waitBetweenWaves: plan.prune,
      progressDeadlineMs: declaration.progressDeadline,
      outdated: newerFor(environment),
      paused: () => environment.paused.pause !== null,
      begun: (refs) => foresee(environment, refs),
    });
    return parts.stopping.aborted && result.problem?.reason === "Interrupted" ? null : result;
  } catch (error) {
    if (parts.stopping.aborted) return null;
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
    const { inventory } = memory.is;
    return { outcomes: [], applied: problem.stage !== "validate", problem, inventory };
  }
}

/** Whether the declaration, or Git over something that is read, has moved since the apply began; Git is asked when there is reason to think so. */
function newerFor(environment: Environment): () => Promise<boolean> {
  const { parts, declaration, memory } = environment;
  let askedAt = performance.now();
  return async () => {
    if (environment.redeclared) return true;
    if (environment.askedAt <= askedAt) return false;
    askedAt = environment.askedAt;
    const { followed } = memory.is;
    try {
      const head = await parts.source.head(declaration.repository, undefined, askedAt);
      if (!followed || head === followed.looked) return false;
      return concerns(followed, await parts.source.history(declaration.repository, head, followed.looked));
    } catch {
      return false;
    }
  };
}

/** The service account that the environment is applied as, where one is declared. */
function accountOf({ declaration, parts }: Environment): Account | undefined {
  const { serviceAccountName: name, serviceAccountNamespace, namespace } = declaration;
  if (name === undefined) return undefined;
  return { name, namespace: serviceAccountNamespace ?? namespace ?? parts.cluster.defaultNamespace };
}

/** On disk before it is in the cluster: what a killed agent applied must not be an object that nobody remembers. */
function foresee({ memory }: Environment, refs: ObjectRef[]): void {
  const known = new Set(memory.is.inventory.map(objectKey));
  const more = refs.filter((ref) => !known.has(objectKey(ref)));
  if (more.length === 0) return;
  memory.is.inventory = [...memory.is.inventory, ...more];
  memory.touch();
  memory.flush();
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
  const done = new Set(["created", "configured", "recreated", "unchanged"]);
  const applied = new Set(
    result.outcomes.filter(({ action }) => done.has(action)).map(({ ref }) => objectKey(ref)),
  );
  for (const { ref, desiredDigest } of environment.resources)
    if (desiredDigest && applied.has(objectKey(ref))) memory.is.lastSynced[objectKey(ref)] = desiredDigest;
  const wanted = new Set(plan.objects.map(({ object }) => objectKey(refOf(object))));
  for (const { ref, action, message } of result.outcomes)
    if (plan.prune && action === "skipped" && message && !wanted.has(objectKey(ref)))
      kept.set(objectKey(ref), message);
  if (plan.prune) recorded(environment, !result.problem);
  else if (result.problem) memory.is.recordedWell = false;
  memory.is.inventory = memory.is.inventory.filter((ref) => !gone.has(objectKey(ref)));
  environment.followInventory();
  memory.touch();
}

/**
 * Waits until the watches show what was done, so that it is not taken for drift; or until the time is over,
 * for then something (a webhook, a finalizer) keeps the cluster from being what was applied.
 */
async function caughtUp(environment: Environment, outcomes: ObjectOutcome[]): Promise<void> {
  const done = new Set(["created", "configured", "recreated", "pruned"]);
  const keys = new Set(outcomes.filter(({ action }) => done.has(action)).map(({ ref }) => objectKey(ref)));
  const behind = () =>
    environment
      .compare()
      .some(({ ref, sync }) => sync !== "Synced" && sync !== "Unknown" && keys.has(objectKey(ref)));
  const deadline = Date.now() + CATCH_UP_MS;
  for (let pause = 20; keys.size > 0 && behind() && Date.now() < deadline; pause = Math.min(2 * pause, 160))
    await sleep(pause);
}

function countOf(outcomes: ObjectOutcome[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { action } of outcomes) counts[action] = (counts[action] ?? 0) + 1;
  return counts;
}
