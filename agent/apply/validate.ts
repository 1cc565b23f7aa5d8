import { objectKey } from "../../lib/protocol/object.ts";
import { ApiError, type Cluster, nameOf, toStageError } from "../cluster/index.ts";
import { StageError } from "../errors.ts";
import { type DesiredObject, groupVersion, refOf } from "../object.ts";
import { type Effect, effectOf, type Observed } from "./effect.ts";
import { isCrd, isNamespace } from "./order.ts";
import { parallel } from "./parallel.ts";
import { kindKey, servedKinds } from "./wait.ts";

/** The dry run's answer for one object: what applying it would do, that it must wait, or why it is refused. */
export type Validation =
  | { is: "valid"; desired: DesiredObject; effect: Effect }
  | { is: "exempt"; desired: DesiredObject }
  | { is: "refused"; desired: DesiredObject; error: StageError };

/**
 * Asks the API server about every object by dry run. Exempt are objects whose namespace or CRD is among
 * `set` and does not exist yet: they are asked about once it does.
 */
export function validate(
  cluster: Cluster,
  objects: DesiredObject[],
  options: { set: DesiredObject[]; observed?: Observed; width: number; signal?: AbortSignal },
): Promise<Validation[]> {
  const namespaces = new Set<string>();
  const kinds = new Set<string>();
  for (const { object } of options.set) {
    const kind = { group: groupVersion(object.apiVersion).group, kind: object.kind };
    if (isNamespace(kind)) namespaces.add(object.metadata.name);
    if (isCrd(kind)) for (const served of servedKinds(object)) kinds.add(served.key);
  }
  return parallel(objects, options.width, async (desired): Promise<Validation> => {
    const { object } = desired;
    const ref = refOf(object);
    const at = { ...desired.source, ref };
    try {
      options.signal?.throwIfAborted();
      if (!(await cluster.resourceFor(ref))) {
        if (kinds.has(kindKey(object))) return { is: "exempt", desired };
        throw new StageError(
          "validate",
          "NoSuchKind",
          `${nameOf(ref)} cannot be applied: the API server has no ${ref.kind} in ${object.apiVersion}. Add its CustomResourceDefinition to Git, or install what brings it.`,
          { next: "retry", at },
        );
      }
      return {
        is: "valid",
        desired,
        effect: await effectOf(cluster, object, options.observed, options.signal),
      };
    } catch (error) {
      if (options.signal?.aborted) throw error;
      const lacksNamespace =
        error instanceof ApiError && error.status === 404 && namespaces.has(ref.namespace);
      if (lacksNamespace || isDryRunUnsupported(error)) return { is: "exempt", desired };
      const refusal = toStageError("validate", error, ref);
      return {
        is: "refused",
        desired,
        error: new StageError(refusal.stage, refusal.reason, refusal.message, {
          next: refusal.next,
          at,
          cause: error,
        }),
      };
    }
  });
}

/** A webhook with side effects refuses every dry run; the API server has no reason of its own for it but its words. */
function isDryRunUnsupported(error: unknown): boolean {
  return (
    error instanceof ApiError && error.status === 400 && error.message.includes("does not support dry run")
  );
}

/** Objects that stand twice in one set: which of them wins would be chance. */
export function duplicatesOf(objects: DesiredObject[]): Validation[] {
  const seen = new Map<string, DesiredObject>();
  return objects.flatMap((desired): Validation[] => {
    const ref = refOf(desired.object);
    const first = seen.get(objectKey(ref));
    if (!first) {
      seen.set(objectKey(ref), desired);
      return [];
    }
    const where = [first, desired].map((one) => one.source?.file).filter(Boolean);
    const error = new StageError(
      "validate",
      "Duplicate",
      `${nameOf(ref)} stands twice in Git${where.length > 0 ? ` (${where.join(" and ")})` : ""}. Remove one of them.`,
      { at: { ...desired.source, ref } },
    );
    return [{ is: "refused", desired, error }];
  });
}
