import { type ObjectRef, objectKey } from "../../lib/protocol/object.ts";
import type { ObjectOutcome } from "../../lib/protocol/report.ts";
import { type Cluster, nameOf, toStageError } from "../cluster/index.ts";
import { StageError } from "../errors.ts";
import { type DesiredObject, type KubeObject, refOf, SERVER_METADATA } from "../object.ts";
import type { Effect, Observed } from "./effect.ts";
import { environmentOf, FIELD_MANAGER, withInventory } from "./inventory.ts";
import { isCrd, isNamespace, kindOf, orderForApply } from "./order.ts";
import { parallel } from "./parallel.ts";
import { obsoleteOf, prune } from "./prune.ts";
import { duplicatesOf, type Validation, validate } from "./validate.ts";
import { waitUntilUsable } from "./wait.ts";

const WIDTH = 8;

/** What to converge, and what the environment applied before. */
export type ApplySetInput = {
  environment: string;
  /** As rendered; the inventory's labels are added here. Namespaces are set already. */
  objects: DesiredObject[];
  previousInventory: ObjectRef[];
  prune: boolean;
  /** What the watches hold: saves requests, and lets an object of another environment be refused, not taken over. */
  observed?: Observed;
  signal?: AbortSignal;
};

/** What was done. `applied` is false where nothing was; `problem` is what the environment's page says. */
export type ApplySetResult = {
  outcomes: ObjectOutcome[];
  applied: boolean;
  problem?: StageError;
  /** The environment's objects from now on, those included that could not be pruned. */
  inventory: ObjectRef[];
};

/**
 * Converges an environment by server-side apply: everything is validated first and one refusal means that
 * nothing is applied; then wave by wave, then prune. A wave that fails ends it. Never throws for what the
 * API server says, only where `signal` aborts.
 */
export async function applySet(cluster: Cluster, input: ApplySetInput): Promise<ApplySetResult> {
  const { signal } = input;
  const objects = input.objects.map((desired) => ({
    ...desired,
    object: prepared(desired.object, input.environment),
  }));
  const run: Run = { cluster, input, effects: new Map(), uids: new Set(), outcomes: new Map() };
  const early = [...duplicatesOf(objects), ...takenOf(objects, input)];
  const asking = { observed: input.observed, width: WIDTH, signal };
  const validations =
    early.length > 0 ? early : await validate(cluster, objects, { ...asking, set: objects });
  const refused = refusalsOf(validations);
  if (refused.length > 0) return refusedResult(run, objects, refused);

  let exempt = remember(run, validations);
  let applied = false;
  for (const wave of orderForApply(objects)) {
    // Once namespaces and CRDs are there, all that waited for them is asked about, before any of it is applied.
    if (
      exempt.length > 0 &&
      !wave.some(({ object }) => isNamespace(kindOf(object)) || isCrd(kindOf(object)))
    ) {
      const later = await validate(cluster, exempt, { ...asking, set: [] });
      const problems = refusalsOf(later);
      if (problems.length > 0) return stoppedResult(run, objects, problems, applied);
      remember(run, later);
      exempt = [];
    }
    const problems = (await parallel(wave, WIDTH, (desired) => applyOne(run, desired))).filter(
      (problem) => problem !== undefined,
    );
    applied = true;
    if (problems.length > 0) return stoppedResult(run, objects, problems, true);
  }
  return pruned(run, objects);
}

type Run = {
  cluster: Cluster;
  input: ApplySetInput;
  /** What the dry run said that applying would do, by object key. */
  effects: Map<string, Effect>;
  uids: Set<string>;
  outcomes: Map<string, ObjectOutcome>;
};

/** Notes what the dry run said; answers with the objects that it could not ask about. */
function remember(run: Run, validations: Validation[]): DesiredObject[] {
  return validations.flatMap((validation) => {
    if (validation.is === "exempt") return [validation.desired];
    if (validation.is === "valid")
      run.effects.set(objectKey(refOf(validation.desired.object)), validation.effect);
    return [];
  });
}

async function applyOne(run: Run, { object, source }: DesiredObject): Promise<StageError | undefined> {
  const { cluster, input } = run;
  const ref = refOf(object);
  const key = objectKey(ref);
  try {
    input.signal?.throwIfAborted();
    const effect = run.effects.get(key);
    if (effect?.action === "unchanged") {
      run.uids.add(effect.uid);
      run.outcomes.set(key, { ref, action: "unchanged" });
      return undefined;
    }
    const before = effect ? undefined : (await cluster.get(ref))?.metadata.resourceVersion;
    const result = await cluster.apply(object, {
      fieldManager: FIELD_MANAGER,
      force: true,
      signal: input.signal,
    });
    run.outcomes.set(key, {
      ref,
      action: effect?.action ?? actionOf(before, result.metadata.resourceVersion),
    });
    if (result.metadata.uid) run.uids.add(String(result.metadata.uid));
    await waitUntilUsable(cluster, object, input.signal);
    return undefined;
  } catch (error) {
    if (input.signal?.aborted) throw error;
    const told = toStageError("apply", error, ref);
    const problem = new StageError(told.stage, told.reason, told.message, {
      next: told.next,
      at: { ...source, ref },
      cause: error,
    });
    run.outcomes.set(key, { ref, action: "failed", message: problem.message.slice(0, 2000) });
    return problem;
  }
}

/** For an object that no dry run could be asked about. */
function actionOf(before: unknown, after: unknown): "created" | "configured" | "unchanged" {
  return before === undefined ? "created" : before === after ? "unchanged" : "configured";
}

async function pruned(run: Run, objects: DesiredObject[]): Promise<ApplySetResult> {
  const desired = objects.map(({ object }) => refOf(object));
  const obsolete = obsoleteOf(run.input.previousInventory, desired);
  let outcomes: ObjectOutcome[];
  if (!run.input.prune)
    outcomes = obsolete.map((ref) => ({
      ref,
      action: "skipped",
      message: "Not pruned: the environment's declaration says prune: false.",
    }));
  else if (objects.length === 0)
    outcomes = obsolete.map((ref) => ({
      ref,
      action: "skipped",
      message:
        "Not pruned: Git renders to nothing at all, which is more often a mistake than a wish. Remove these objects by hand, or the environment.",
    }));
  else
    outcomes = await prune(run.cluster, {
      environment: run.input.environment,
      obsolete,
      appliedUids: run.uids,
      width: WIDTH,
      signal: run.input.signal,
    });
  const failed = outcomes.find((outcome) => outcome.action === "failed");
  const kept = outcomes.filter((outcome) => outcome.action !== "pruned").map((outcome) => outcome.ref);
  return {
    outcomes: [...inOrder(run, objects), ...outcomes],
    applied: objects.length > 0,
    problem:
      failed &&
      new StageError(
        "prune",
        "PruneFailed",
        failed.message ?? `${nameOf(failed.ref)} could not be removed.`,
        { next: "retry", at: { ref: failed.ref } },
      ),
    inventory: [...desired, ...kept],
  };
}

function refusedResult(
  run: Run,
  objects: DesiredObject[],
  refused: { ref: ObjectRef; error: StageError }[],
): ApplySetResult {
  const what = refused.length === 1 ? "one object was refused" : `${refused.length} objects were refused`;
  for (const { object } of objects)
    run.outcomes.set(objectKey(refOf(object)), {
      ref: refOf(object),
      action: "skipped",
      message: `Nothing was applied, because ${what}.`,
    });
  for (const { ref, error } of refused)
    run.outcomes.set(objectKey(ref), { ref, action: "failed", message: error.message.slice(0, 2000) });
  return {
    outcomes: inOrder(run, objects),
    applied: false,
    problem: combined(refused.map(({ error }) => error)),
    inventory: run.input.previousInventory,
  };
}

function stoppedResult(
  run: Run,
  objects: DesiredObject[],
  problems: (StageError | { ref: ObjectRef; error: StageError })[],
  applied: boolean,
): ApplySetResult {
  const errors = problems.map((problem) => (problem instanceof StageError ? problem : problem.error));
  for (const problem of problems)
    if (!(problem instanceof StageError))
      run.outcomes.set(objectKey(problem.ref), {
        ref: problem.ref,
        action: "failed",
        message: problem.error.message.slice(0, 2000),
      });
  for (const { object } of objects) {
    const ref = refOf(object);
    if (!run.outcomes.has(objectKey(ref)))
      run.outcomes.set(objectKey(ref), {
        ref,
        action: "skipped",
        message: "Not applied, because something before it failed.",
      });
  }
  const touched = inOrder(run, objects).filter(
    (outcome) => outcome.action !== "skipped" && outcome.action !== "failed",
  );
  const inventory = new Map(
    [...run.input.previousInventory, ...touched.map((outcome) => outcome.ref)].map((ref) => [
      objectKey(ref),
      ref,
    ]),
  );
  return {
    outcomes: inOrder(run, objects),
    applied,
    problem: combined(errors),
    inventory: [...inventory.values()],
  };
}

/** Objects that another environment's sync applied: two owners would undo each other for ever. */
function takenOf(objects: DesiredObject[], input: ApplySetInput): Validation[] {
  return objects.flatMap((desired): Validation[] => {
    const ref = refOf(desired.object);
    const observed = input.observed?.(ref);
    const owner = observed && environmentOf(observed);
    if (!owner || owner === input.environment) return [];
    const message = `${nameOf(ref)} belongs to the environment "${owner}" already. Remove it from one of the two.`;
    return [
      {
        is: "refused",
        desired,
        error: new StageError("validate", "OwnedElsewhere", message, { at: { ...desired.source, ref } }),
      },
    ];
  });
}

function refusalsOf(validations: Validation[]): { ref: ObjectRef; error: StageError }[] {
  return validations.flatMap((one) =>
    one.is === "refused" ? [{ ref: refOf(one.desired.object), error: one.error }] : [],
  );
}

/** The first problem, and how many more there are; trying again helps only if it helps all of them. */
function combined(errors: StageError[]): StageError | undefined {
  const [first, ...others] = errors;
  if (!first || others.length === 0) return first;
  const next = errors.some((error) => error.next === "stalled") ? "stalled" : "retry";
  return new StageError(first.stage, first.reason, `${first.message} (and ${others.length} more)`, {
    next,
    at: first.at,
    cause: first,
  });
}

function inOrder(run: Run, objects: DesiredObject[]): ObjectOutcome[] {
  const keys = new Set(objects.map(({ object }) => objectKey(refOf(object))));
  return [...keys].map((key) => run.outcomes.get(key)).filter((outcome) => outcome !== undefined);
}

/** What a manifest may ask for: server-side apply refuses some of what only the API server may say. */
function prepared(object: KubeObject, environment: string): KubeObject {
  const entries = Object.entries(object.metadata).filter(([field]) => !SERVER_METADATA.has(field));
  const metadata = Object.fromEntries(entries) as KubeObject["metadata"];
  return withInventory({ ...object, metadata }, environment);
}
