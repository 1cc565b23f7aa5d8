import { canonicalJson } from "../../lib/protocol/canonical.ts";
import { nameOf } from "../cluster/index.ts";
import { StageError } from "../errors.ts";
import { type DesiredObject, type KubeObject, refOf } from "../object.ts";
import { FIELD_MANAGER } from "./inventory.ts";
import { ownedElsewhere } from "./ownership.ts";
import type { Effect, Run } from "./run.ts";
import { ownersSentence, takenFields, tookSentence } from "./taken-fields.ts";

const ATTEMPTS = 3;

/**
 * Asks by dry run and compares the answer with the object it was computed from, which the same resource
 * version proves. Comparing versions before and after an apply instead would call an object configured
 * whenever a controller wrote its status in between. Throws where the object is someone else's, or a field of
 * it is and the environment refuses conflicts.
 */
export async function effectOf(run: Run, { object, source }: DesiredObject): Promise<Effect> {
  const { cluster, writes, input } = run;
  const ref = refOf(object);
  let live = input.observed?.(ref);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const dry = await writes.apply(object, {
      ...{ fieldManager: FIELD_MANAGER, force: true, dryRun: true },
      signal: input.signal,
    });
    const version = dry.metadata.resourceVersion;
    if (!version) return { action: "created" };
    // What the watches hold of an object that a controller made is without its managers.
    const known = live?.metadata.resourceVersion === version && live.metadata.managedFields !== undefined;
    if (!known) live = await cluster.get(ref);
    if (live?.metadata.resourceVersion !== version) continue;
    const elsewhere = ownedElsewhere(live, input.environment);
    if (elsewhere) throw new StageError("validate", "OwnedElsewhere", elsewhere, { at: { ...source, ref } });
    if (comparable(live) === comparable(dry))
      return { action: "unchanged", uid: String(live.metadata.uid ?? "") };
    const taken = takenFields(live, dry);
    if (taken.length === 0) return { action: "configured" };
    if (input.onConflict !== "refuse") return { action: "configured", message: tookSentence(taken, live) };
    const message = `${nameOf(ref)} has fields that someone else set to something else: ${ownersSentence(taken)}. This environment refuses conflicts: remove the fields from Git, set them back in the cluster, or declare onConflict: take.`;
    throw new StageError("validate", "Conflict", message, { at: { ...source, ref } });
  }
  // It changes too fast to be compared; applying it is right whatever it is.
  return { action: "configured" };
}

/** Everything but when which manager set what; which fields are ours does count. */
function comparable(object: KubeObject): string {
  const { managedFields, ...metadata } = object.metadata;
  const entries = (Array.isArray(managedFields) ? managedFields : []) as {
    manager?: string;
    operation?: string;
    subresource?: string;
    fieldsV1?: unknown;
  }[];
  const ours = entries.find(
    (entry) => entry.manager === FIELD_MANAGER && entry.operation === "Apply" && !entry.subresource,
  );
  return canonicalJson({ ...object, metadata, ours: ours?.fieldsV1 });
}
