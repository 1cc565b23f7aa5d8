import { type ObjectRef, objectKey } from "../../lib/protocol/object.ts";
import type { ObjectOutcome } from "../../lib/protocol/report.ts";
import { ApiError, type Cluster } from "../cluster/index.ts";
import { type KubeObject, refOf } from "../object.ts";
import { explained } from "./forbidden.ts";
import { belongsTo } from "./inventory.ts";
import { namesKind } from "./kind-names.ts";
import { rankOf } from "./order.ts";
import { parallel } from "./parallel.ts";
import { type ApplySetInput, type Run, WIDTH } from "./run.ts";

/** What is said of an object that was not pruned, because applies were paused on the way. */
export const PAUSED_PRUNE = "Not pruned, because the environment was suspended meanwhile.";

/** On the live object: `disabled` keeps it whatever else is declared, `enabled` removes even what is kept by its kind. */
export const PRUNE_ANNOTATION = "plumbline.dev/prune";

/** Kinds whose removal takes others' data with it; they go only where that is declared. */
const KEPT: Record<string, string> = {
  "/Namespace": "everything in it would go, too",
  "apiextensions.k8s.io/CustomResourceDefinition": "every object of its kind would go, too",
  "/PersistentVolumeClaim": "its data would be lost",
  "/PersistentVolume": "its data would be lost",
};

/**
 * Removes inventory objects that are no longer desired, in the reverse order of apply, one by one guarded:
 * only what this environment applied, only the very object (UID) that was looked at, never one that Git asks
 * for under another API group. Nothing where pruning is off or Git renders to nothing.
 */
export async function pruneObsolete(run: Run): Promise<ObjectOutcome[]> {
  const { input, objects } = run;
  const desired = objects.map(({ object }) => refOf(object));
  const obsolete = obsoleteOf(input.previousInventory, desired);
  const skipped = (message: string) =>
    obsolete.map((ref): ObjectOutcome => ({ ref, action: "skipped", message }));
  if (!input.prune) return skipped("Not pruned: the environment's declaration says prune: false.");
  if (objects.length === 0)
    return skipped(
      "Not pruned: Git renders to nothing at all, which is more often a mistake than a wish. Remove these objects by hand, or the environment.",
    );
  const ranks = Map.groupBy(obsolete, (ref) => Math.floor(rankOf(ref) / 100));
  const outcomes: ObjectOutcome[] = [];
  for (const rank of [...ranks.keys()].sort((a, b) => b - a))
    outcomes.push(...(await parallel(ranks.get(rank) ?? [], WIDTH, (ref) => pruneOne(run, ref))));
  return outcomes;
}

/** The object under a version that the server still serves: one that it dropped since has not taken its objects along. */
async function servedRef(cluster: Cluster, ref: ObjectRef): Promise<ObjectRef> {
  if (await cluster.resourceFor(ref)) return ref;
  const { types } = await cluster.resources();
  const type = types.find(({ group, kind }) => group === ref.group && kind === ref.kind);
  return type ? { ...ref, version: type.version } : ref;
}

async function pruneOne(run: Run, remembered: ObjectRef): Promise<ObjectOutcome> {
  const { cluster, writes, input, uids } = run;
  const { signal } = input;
  let ref = remembered;
  const skipped = (message: string): ObjectOutcome => ({ ref, action: "skipped", message });
  if (input.paused?.()) return skipped(PAUSED_PRUNE);
  if (signal?.aborted) return skipped("Not pruned yet: the apply was cut short.");
  try {
    ref = await servedRef(cluster, remembered);
    const observed = await cluster.get(ref);
    if (!observed) return { ref, action: "pruned", message: "It was gone already." };
    const uid = String(observed.metadata.uid ?? "");
    if (uids.has(uid)) return skipped("Not pruned: Git asks for the same object under another API group.");
    const reason = keepReason(ref, observed, input);
    if (reason) return skipped(reason);
    if (observed.metadata.deletionTimestamp)
      return { ref, action: "pruned", message: "It is being deleted already." };
    await writes.delete(ref, { propagationPolicy: "Background", preconditionsUid: uid, signal });
    return { ref, action: "pruned" };
  } catch (error) {
    if (signal?.aborted)
      return skipped("The apply was cut short while it was pruned; it is looked at again.");
    if (error instanceof ApiError && error.status === 409)
      return skipped("Not pruned: it was replaced meanwhile; it is looked at again.");
    const { message } = await explained(run, "prune", error, ref);
    return { ref, action: "failed", message: message.slice(0, 2000) };
  }
}

/** Why an object that Git no longer has stays, if it does. */
export function keepReason(
  ref: ObjectRef,
  observed: KubeObject,
  { environment, pruneKinds }: Pick<ApplySetInput, "environment" | "pruneKinds">,
): string | undefined {
  if (!belongsTo(observed, environment))
    return `Not pruned: it is no longer labelled as an object of "${environment}" that Plumbline applied.`;
  const said = observed.metadata.annotations?.[PRUNE_ANNOTATION];
  if (said === "disabled") return `Not pruned: its annotation ${PRUNE_ANNOTATION} is "disabled".`;
  const kept = KEPT[`${ref.group}/${ref.kind}`];
  if (!kept || said === "enabled" || namesKind(pruneKinds, ref)) return undefined;
  return `Not pruned: a ${ref.kind} is removed only where pruneKinds in the environment's declaration or its own annotation ${PRUNE_ANNOTATION}: enabled say so, because ${kept}.`;
}

/** The objects of an inventory that desired state no longer has, whatever their API version. */
export function obsoleteOf(inventory: ObjectRef[], desired: ObjectRef[]): ObjectRef[] {
  const wanted = new Set(desired.map(objectKey));
  return inventory.filter((ref) => !wanted.has(objectKey(ref)));
}
