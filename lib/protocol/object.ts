import { z } from "zod";
import { HealthStatus, SyncStatus } from "./state.ts";

/** Kubernetes names, kinds and groups are at most this long; anything longer is hostile. */
const short = (max = 253) => z.string().max(max);

/** Identity of one object in a cluster; `group` and `namespace` are "" where there is none. */
export const ObjectRef = z.object({
  group: short(),
  version: short(63),
  kind: short(63).min(1),
  namespace: short(),
  name: short().min(1),
});
export type ObjectRef = z.infer<typeof ObjectRef>;

export { objectKey } from "./object-key.ts";

/** SHA-256, lower-case hex. */
export const Digest = z.string().regex(/^[0-9a-f]{64}$/);
/** A full Git commit SHA (SHA-1 or SHA-256). */
export const Revision = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/);
/** An instant, ISO 8601 in UTC. */
export const Instant = z.iso.datetime();

/** Who owns a field, from managedFields; `who` says it in words ("kubectl edit"). */
export const Attribution = z.object({
  manager: short(128),
  operation: z.enum(["Apply", "Update"]),
  time: Instant.optional(),
  subresource: short(63).optional(),
  who: short(200),
});
export type Attribution = z.infer<typeof Attribution>;

/**
 * One differing field. `modified`: both set it; `missing`: only Git sets it; `removed`: Git dropped a
 * field we owned; `added`: someone else's addition, which counts only where a setting says so.
 * Values are masked already; `masked` says that they were.
 */
export const FieldChange = z.object({
  /** For people: `spec.template.spec.containers[name=quotes].image`. */
  path: short(1024),
  /** JSON pointer into the observed object (or the desired one where observed lacks the field). */
  pointer: short(1024),
  type: z.enum(["modified", "missing", "removed", "added"]),
  counts: z.boolean(),
  desired: z.json().optional(),
  observed: z.json().optional(),
  masked: z.boolean().optional(),
  by: Attribution.optional(),
});
export type FieldChange = z.infer<typeof FieldChange>;

/** How many objects that a workload made, and how many events, are told of it at most. */
export const MOST_CHILDREN = 30;
export const MOST_EVENTS = 10;

/** An object that a workload made: a ReplicaSet, or a Pod. */
export const ChildStatus = z.object({
  kind: short(63).min(1),
  name: short().min(1),
  /** Name of the child that made it; absent where the workload did. */
  parent: short().optional(),
  health: HealthStatus,
  /** Why, where it is not healthy. */
  reason: short(300).optional(),
  /** Restarts of its containers, where there were any. */
  restarts: z.number().int().positive().optional(),
});
export type ChildStatus = z.infer<typeof ChildStatus>;

/** What Kubernetes has said of an object that is not healthy, or of what it made; masked. */
export const ObjectEvent = z.object({
  /** `Kind/name` of what it is about. */
  about: short(320),
  reason: short(128),
  message: short(500),
  count: z.number().int().positive(),
  /** When it happened last. */
  at: Instant,
});
export type ObjectEvent = z.infer<typeof ObjectEvent>;

/** The verdict on one object: sync, health, and the evidence for both. */
export const ResourceStatus = z.object({
  ref: ObjectRef,
  sync: SyncStatus,
  /** Why `sync` is Unknown, or what else is worth saying of it. */
  syncReason: short(2000).optional(),
  /**
   * Where `sync` is Unknown because the agent may not read the kind: the resource's plural name, as rules of RBAC
   * have it. It lacks the verbs list or watch.
   */
  lacks: short().optional(),
  health: HealthStatus,
  healthReason: short(2000).optional(),
  /** `drift`: the cluster moved; `pending`: Git moved. Only where sync is Modified, Missing or Extra. */
  cause: z.enum(["drift", "pending"]).optional(),
  changes: z.array(FieldChange).max(500),
  /** How many differing fields an ignore rule hid. */
  ignored: z.number().int().nonnegative().optional(),
  /** What a workload made, the unwell first; `childrenLeft` says how many more there are. */
  children: z.array(ChildStatus).max(MOST_CHILDREN).optional(),
  childrenLeft: z.number().int().positive().optional(),
  /** Newest warnings, where it is not healthy. */
  events: z.array(ObjectEvent).max(MOST_EVENTS).optional(),
  /** Digests of the masked manifests; absent where the side has none. */
  desiredDigest: Digest.optional(),
  observedDigest: Digest.optional(),
  /** Where desired state says so. */
  source: z.object({ file: short(1024), line: z.number().int().positive().optional() }).optional(),
});
export type ResourceStatus = z.infer<typeof ResourceStatus>;
