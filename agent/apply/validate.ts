import { setTimeout as pause } from "node:timers/promises";
import { type ObjectRef, objectKey } from "../../lib/protocol/object.ts";
import { ApiError, nameOf } from "../cluster/index.ts";
import { StageError } from "../errors.ts";
import { type DesiredObject, type KubeObject, refOf } from "../object.ts";
import { effectOf } from "./effect.ts";
import { explained } from "./forbidden.ts";
import { effectOfImmutable } from "./immutable.ts";
import { isCrd, isNamespace, kindOf } from "./order.ts";
import { ownedElsewhere } from "./ownership.ts";
import { parallel } from "./parallel.ts";
import { type Refused, refuse } from "./refused.ts";
import { type Effect, type Run, WIDTH } from "./run.ts";
import { kindKey, servedKinds } from "./wait.ts";
import { badWavesOf } from "./waves.ts";

/** How long a changed definition may take to be what the API server judges by. */
const SETTLED_MS = 5000;

/** The dry run's answer for one object: what applying it would do, that it must wait, or why it is refused. */
export type Validation =
  | { is: "valid"; desired: DesiredObject; effect: Effect }
  | { is: "exempt"; desired: DesiredObject }
  | Refused;

/** What the set itself and the watches say against it, which costs no request. */
export function refusedUnasked(run: Run): Refused[] {
  return [...duplicatesOf(run.objects), ...badWavesOf(run.objects), ...takenOf(run)];
}

/**
 * Asks the API server about every object by dry run. Exempt are those that wait for what the set brings along:
 * their namespace or CRD does not exist yet, or they are refused by a definition that the set changes.
 */
export async function validate(run: Run): Promise<Validation[]> {
  const brought = broughtBy(run.objects.map(({ object }) => object));
  const validations = await askAll(run, run.objects, brought);
  const changing = validations.flatMap((one) =>
    one.is === "valid" && one.effect.action !== "unchanged" ? [one.desired.object] : [],
  );
  const { kinds } = broughtBy(changing);
  return validations.map((one) =>
    one.is === "refused" && kinds.has(kindKey(one.desired.object))
      ? { is: "exempt", desired: one.desired }
      : one,
  );
}

/**
 * Asks about the exempt ones, now that all they waited for is there. The API server takes a moment to judge by
 * a definition that has just changed, so for kinds of the set a refusal is asked about again.
 */
export async function validateExempt(run: Run, exempt: DesiredObject[]): Promise<Validation[]> {
  const { kinds } = broughtBy(run.objects.map(({ object }) => object));
  const nothing = { namespaces: new Set<string>(), kinds: new Set<string>() };
  const deadline = Date.now() + SETTLED_MS;
  for (;;) {
    const validations = await askAll(run, exempt, nothing);
    const mayPass = validations.some((one) => one.is === "refused" && kinds.has(kindKey(one.desired.object)));
    if (!mayPass || Date.now() > deadline) return validations;
    await pause(250, undefined, { signal: run.input.signal });
  }
}

/** What a set brings along that the rest of it may need. */
type Brought = { namespaces: Set<string>; kinds: Set<string> };

function askAll(run: Run, objects: DesiredObject[], brought: Brought): Promise<Validation[]> {
  return parallel(objects, WIDTH, async (desired): Promise<Validation> => {
    const { object } = desired;
    const ref = refOf(object);
    try {
      run.input.signal?.throwIfAborted();
      if (!(await run.cluster.resourceFor(ref))) {
        if (brought.kinds.has(kindKey(object))) return { is: "exempt", desired };
        throw noSuchKind(ref, object.apiVersion);
      }
      return { is: "valid", desired, effect: await effectOf(run, desired) };
    } catch (error) {
      if (run.input.signal?.aborted) throw error;
      if (isLacking(error, ref, brought.namespaces) || isDryRunUnsupported(error))
        return { is: "exempt", desired };
      return await verdictOn(run, desired, error);
    }
  });
}

/** Refused, or to be recreated. */
async function verdictOn(run: Run, desired: DesiredObject, error: unknown): Promise<Validation> {
  const ref = refOf(desired.object);
  try {
    const effect = await effectOfImmutable(run, desired, error);
    if (effect) return { is: "valid", desired, effect };
    throw error;
  } catch (refusal) {
    if (run.input.signal?.aborted) throw refusal;
    const { stage, reason, message, next } = await explained(run, "validate", refusal, ref);
    const at = { ...desired.source, ref };
    return {
      is: "refused",
      desired,
      error: new StageError(stage, reason, message, { next, at, cause: refusal }),
    };
  }
}

function broughtBy(objects: KubeObject[]): Brought {
  const namespaces = objects.filter((object) => isNamespace(kindOf(object)));
  const crds = objects.filter((object) => isCrd(kindOf(object)));
  return {
    namespaces: new Set(namespaces.map(({ metadata }) => metadata.name)),
    kinds: new Set(crds.flatMap((crd) => servedKinds(crd).map(({ key }) => key))),
  };
}

const isLacking = (error: unknown, ref: ObjectRef, namespaces: Set<string>) =>
  error instanceof ApiError && error.status === 404 && namespaces.has(ref.namespace);

/** A webhook with side effects refuses every dry run; the API server has no reason of its own for it but its words. */
function isDryRunUnsupported(error: unknown): boolean {
  return (
    error instanceof ApiError && error.status === 400 && error.message.includes("does not support dry run")
  );
}

function noSuchKind(ref: ObjectRef, apiVersion: string): StageError {
  const message = `${nameOf(ref)} cannot be applied: the API server has no ${ref.kind} in ${apiVersion}. Add its CustomResourceDefinition to Git, or install what brings it.`;
  return new StageError("validate", "NoSuchKind", message, { next: "retry" });
}

/** Objects that the watches show to be someone else's. */
function takenOf({ objects, input }: Run): Refused[] {
  return objects.flatMap((desired): Refused[] => {
    const ref = refOf(desired.object);
    const observed = input.observed?.(ref);
    const message = observed && ownedElsewhere(observed, input.environment);
    return message ? [refuse(desired, "OwnedElsewhere", message)] : [];
  });
}

/** Objects that stand twice in one set: which of them wins would be chance. */
function duplicatesOf(objects: DesiredObject[]): Refused[] {
  const seen = new Map<string, DesiredObject>();
  return objects.flatMap((desired): Refused[] => {
    const ref = refOf(desired.object);
    const first = seen.get(objectKey(ref));
    if (!first) {
      seen.set(objectKey(ref), desired);
      return [];
    }
    const where = [first, desired].map((one) => one.source?.file).filter(Boolean);
    const message = `${nameOf(ref)} stands twice in Git${where.length > 0 ? ` (${where.join(" and ")})` : ""}. Remove one of them.`;
    return [refuse(desired, "Duplicate", message)];
  });
}
