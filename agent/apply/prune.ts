import { type ObjectRef, objectKey } from "../../lib/protocol/object.ts";
import type { ObjectOutcome } from "../../lib/protocol/report.ts";
import { ApiError, type Cluster, toStageError } from "../cluster/index.ts";
import type { KubeObject } from "../object.ts";
import { belongsTo } from "./inventory.ts";
import { rankOf } from "./order.ts";
import { parallel } from "./parallel.ts";

/** Says `disabled` on an object that Plumbline must not remove. */
const PRUNE_ANNOTATION = "plumbline.dev/prune";

/** Kinds whose removal takes others' data with it. */
const KEPT: Record<string, string> = {
  "/Namespace": "everything in it would go, too",
  "apiextensions.k8s.io/CustomResourceDefinition": "every object of its kind would go, too",
  "/PersistentVolumeClaim": "its data would be lost",
  "/PersistentVolume": "its data would be lost",
};

/**
 * Removes inventory objects that are no longer desired, in the reverse order of apply, one by one guarded:
 * only what this environment applied, only the very object (UID) that was looked at, never what
 * `appliedUids` holds, because that is a desired object under another API group.
 */
export async function prune(
  cluster: Cluster,
  input: {
    environment: string;
    obsolete: ObjectRef[];
    appliedUids: ReadonlySet<string>;
    width: number;
    signal?: AbortSignal;
  },
): Promise<ObjectOutcome[]> {
  const ranks = Map.groupBy(input.obsolete, (ref) => Math.floor(rankOf(ref) / 100));
  const outcomes: ObjectOutcome[] = [];
  for (const rank of [...ranks.keys()].sort((a, b) => b - a)) {
    const refs = ranks.get(rank) ?? [];
    outcomes.push(...(await parallel(refs, input.width, (ref) => pruneOne(cluster, ref, input))));
  }
  return outcomes;
}

/** The object under a version that the server still serves: one that it dropped since has not taken its objects along. */
async function servedRef(cluster: Cluster, ref: ObjectRef): Promise<ObjectRef> {
  if (await cluster.resourceFor(ref)) return ref;
  const { types } = await cluster.resources();
  const type = types.find(({ group, kind }) => group === ref.group && kind === ref.kind);
  return type ? { ...ref, version: type.version } : ref;
}

async function pruneOne(
  cluster: Cluster,
  remembered: ObjectRef,
  input: { environment: string; appliedUids: ReadonlySet<string>; signal?: AbortSignal },
): Promise<ObjectOutcome> {
  let ref = remembered;
  const skipped = (message: string): ObjectOutcome => ({ ref, action: "skipped", message });
  try {
    input.signal?.throwIfAborted();
    ref = await servedRef(cluster, remembered);
    const observed = await cluster.get(ref);
    if (!observed) return { ref, action: "pruned", message: "It was gone already." };
    const uid = String(observed.metadata.uid ?? "");
    if (input.appliedUids.has(uid))
      return skipped("Not pruned: Git asks for the same object under another API group.");
    const reason = keepReason(ref, observed, input.environment);
    if (reason) return skipped(reason);
    if (observed.metadata.deletionTimestamp)
      return { ref, action: "pruned", message: "It is being deleted already." };
    await cluster.delete(ref, { propagationPolicy: "Background", preconditionsUid: uid });
    return { ref, action: "pruned" };
  } catch (error) {
    if (error instanceof ApiError && error.status === 409)
      return skipped("Not pruned: it was replaced meanwhile; it is looked at again.");
    return { ref, action: "failed", message: toStageError("prune", error, ref).message.slice(0, 2000) };
  }
}

/** Why an object that Git no longer has stays, if it does. */
export function keepReason(ref: ObjectRef, observed: KubeObject, environment: string): string | undefined {
  if (!belongsTo(observed, environment))
    return `Not pruned: it is no longer labelled as an object of "${environment}" that Plumbline applied.`;
  if (observed.metadata.annotations?.[PRUNE_ANNOTATION] === "disabled")
    return `Not pruned: its annotation ${PRUNE_ANNOTATION} is "disabled".`;
  const kept = KEPT[`${ref.group}/${ref.kind}`];
  return kept ? `Not pruned: a ${ref.kind} is removed by people only, because ${kept}.` : undefined;
}

/** The objects of an inventory that desired state no longer has, whatever their API version. */
export function obsoleteOf(inventory: ObjectRef[], desired: ObjectRef[]): ObjectRef[] {
  const wanted = new Set(desired.map(objectKey));
  return inventory.filter((ref) => !wanted.has(objectKey(ref)));
}
