import { canonicalJson } from "../../lib/protocol/canonical.ts";
import {
  type ObjectEvent,
  type ObjectRef,
  objectKey,
  type ResourceStatus,
} from "../../lib/protocol/object.ts";
import type { Declaration } from "../declaration.ts";
import { diffObject, type Schemas } from "../diff/index.ts";
import { healthOf, type Related } from "../health/index.ts";
import type { Mask } from "../mask/index.ts";
import { type DesiredObject, groupVersion, type KubeObject, refOf } from "../object.ts";
import { clip } from "../report/shrink.ts";
import type { Sight } from "../sight.ts";
import { causeOf } from "./cause.ts";
import { childrenOf } from "./children.ts";
import { asManifest, sha256 } from "./digests.ts";

/** What every object of an environment is judged with. */
export type Judgement = {
  declaration: Declaration;
  schemas: Schemas;
  mask: Mask;
  fieldManager: string;
  committedAt: string;
  /** Why an object that Git no longer asks for was left there, by object key. */
  kept?: (key: string) => string | undefined;
  /** Warnings about an object and what it made, masked, by its key. */
  events?: (key: string) => ObjectEvent[] | undefined;
};

/** The verdict on an object that Git asks for, given what is seen of it in the cluster. */
export function judgeDesired(
  judgement: Judgement,
  { object: desired, source }: DesiredObject,
  sight: Sight,
  lastSynced: string | undefined,
): ResourceStatus {
  const ref = refOf(desired);
  const desiredDigest = desiredDigestOf(judgement.mask, desired);
  const known = { ref, desiredDigest, ...(source && { source }), changes: [] };
  if (sight.is === "hidden") return { ...known, ...judgeHidden(ref, sight) };
  if (sight.is === "absent") {
    const facts = { sync: "Missing" as const, desiredDigest, lastSynced, changes: [] };
    return {
      ...known,
      sync: "Missing",
      ...(sight.reason && { syncReason: sight.reason }),
      health: "Missing",
      healthReason: "It is not in the cluster.",
      cause: causeOf({ ...facts, committedAt: judgement.committedAt }),
    };
  }
  const observed = sight.object;
  const schema = schemaOf(judgement, desired);
  const diff = diffObject({
    desired,
    observed,
    schema,
    fieldManager: judgement.fieldManager,
    ignore: judgement.declaration.ignore,
    additionsCount: judgement.declaration.additionsCount,
  });
  const changes = judgement.mask.changes({ ref, desired, observed }, diff.changes);
  const sync = diff.differs ? "Modified" : "Synced";
  const { committedAt } = judgement;
  return {
    ...known,
    sync,
    ...(diff.notes.length > 0 && { syncReason: clip(judgement.mask.text(diff.notes.join(" ")), 2000) }),
    ...healthFields(judgement, observed, sight.related),
    cause: causeOf({ sync, desiredDigest, lastSynced, changes, committedAt }),
    changes,
    ...(diff.ignored > 0 && { ignored: diff.ignored }),
    observedDigest: observedDigestOf(judgement.mask, observed),
  };
}

/** The verdict on an object of the inventory that Git no longer asks for, and that is still there. */
export function judgeExtra(judgement: Judgement, sight: Extract<Sight, { is: "there" }>): ResourceStatus {
  const ref = refOf(sight.object);
  return {
    ref,
    sync: "Extra",
    syncReason: judgement.kept?.(objectKey(ref)) ?? "Git no longer asks for it.",
    ...healthFields(judgement, sight.object, sight.related),
    cause: "pending",
    changes: [],
    observedDigest: observedDigestOf(judgement.mask, sight.object),
  };
}

/** The verdict on an object that cannot be read. */
export function judgeHidden(
  ref: ObjectRef,
  { reason, lacks }: Extract<Sight, { is: "hidden" }>,
): ResourceStatus {
  return {
    ref,
    sync: "Unknown",
    syncReason: reason,
    ...(lacks && { lacks }),
    health: "Unknown",
    healthReason: reason,
    changes: [],
  };
}

/** The masked canonical JSON of a manifest: what digests are of, and what the server may ask for. */
export const bodyOf = (mask: Mask, object: KubeObject): string => canonicalJson(mask.object(object));

/** Desired objects do not change once rendered, and a changed mask means rendering anew. */
const desiredDigests = new WeakMap<KubeObject, string>();

function desiredDigestOf(mask: Mask, object: KubeObject): string {
  const digest = desiredDigests.get(object) ?? digestOf(mask, object);
  desiredDigests.set(object, digest);
  return digest;
}

/** A watch gives a changed object as another one, so a digest holds until the mask learns something. */
const observedDigests = new WeakMap<KubeObject, { mask: Mask; revision: number; digest: string }>();

function observedDigestOf(mask: Mask, object: KubeObject): string {
  const known = observedDigests.get(object);
  if (known?.mask === mask && known.revision === mask.revision) return known.digest;
  const digest = digestOf(mask, asManifest(object));
  observedDigests.set(object, { mask, revision: mask.revision, digest });
  return digest;
}

const digestOf = (mask: Mask, object: KubeObject) => sha256(bodyOf(mask, object));

const schemaOf = ({ schemas }: Judgement, { apiVersion, kind }: KubeObject) =>
  schemas.find({ ...groupVersion(apiVersion), kind });

function healthFields(judgement: Judgement, object: KubeObject, related: Related) {
  const schema = schemaOf(judgement, object);
  const declaresStatus = schema?.shape === "struct" ? schema.field("status") !== undefined : undefined;
  const { status, message } = healthOf(object, { ...related, declaresStatus });
  const events =
    status === "Degraded" || status === "Progressing"
      ? judgement.events?.(objectKey(refOf(object)))
      : undefined;
  return {
    health: status,
    healthReason: clip(judgement.mask.text(message), 2000),
    ...childrenOf(related, (text) => judgement.mask.text(text)),
    ...(events && events.length > 0 && { events }),
  };
}
