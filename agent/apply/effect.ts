import { canonicalJson } from "../../lib/protocol/canonical.ts";
import type { ObjectRef } from "../../lib/protocol/object.ts";
import type { Cluster } from "../cluster/index.ts";
import { type KubeObject, refOf } from "../object.ts";
import { FIELD_MANAGER } from "./inventory.ts";

/** What applying an object would do, and to which one. */
export type Effect = { action: "created" | "configured" } | { action: "unchanged"; uid: string };

/** What the watches hold, for comparing without a request. */
export type Observed = (ref: ObjectRef) => KubeObject | undefined;

const ATTEMPTS = 3;

/**
 * Asks by dry run and compares the answer with the object it was computed from, which the same resource
 * version proves. Comparing versions before and after an apply instead would call an object configured
 * whenever a controller wrote its status in between.
 */
export async function effectOf(
  cluster: Cluster,
  object: KubeObject,
  observed: Observed | undefined,
  signal?: AbortSignal,
): Promise<Effect> {
  const ref = refOf(object);
  let live = observed?.(ref);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const dry = await cluster.apply(object, {
      fieldManager: FIELD_MANAGER,
      force: true,
      dryRun: true,
      signal,
    });
    const version = dry.metadata.resourceVersion;
    if (!version) return { action: "created" };
    if (live?.metadata.resourceVersion !== version) live = await cluster.get(ref);
    if (live?.metadata.resourceVersion !== version) continue;
    const isSame = comparable(live) === comparable(dry);
    return isSame ? { action: "unchanged", uid: String(live.metadata.uid ?? "") } : { action: "configured" };
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
