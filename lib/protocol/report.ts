import { z } from "zod";
import { EnvironmentName } from "./declaration.ts";
import { Digest, Instant, ObjectRef, ResourceStatus, Revision } from "./object.ts";
import { Stage } from "./state.ts";

/** One commit, as Git has it. */
export const Commit = z.object({
  revision: Revision,
  author: z.string().max(300),
  authorEmail: z.string().max(320).optional(),
  committedAt: Instant,
  /** First line of the message. */
  subject: z.string().max(1000),
});
export type Commit = z.infer<typeof Commit>;

/** What one rendering read: at most this many paths, beyond which whole directories stand for them. */
export const MOST_INPUTS = 2000;
/** How many revisions one report tells at most. */
export const MOST_REVISIONS = 500;

/**
 * The inputs closure: repository-relative paths, sorted. One that ends in "/" is a whole directory, whose
 * listing matters too; "/" is the whole repository. A path that was looked for and is not there is one as well.
 */
export const Inputs = z.array(z.string().min(1).max(4096)).max(MOST_INPUTS);

/** A commit that changed what is rendered for an environment; null for the digest where it cannot be rendered. */
export const EnvironmentRevision = z.object({
  commit: Commit,
  renderedDigest: Digest.nullable(),
  inputs: Inputs,
});
export type EnvironmentRevision = z.infer<typeof EnvironmentRevision>;

/** What went wrong, in one sentence for people; `reason` is PascalCase for machines. */
export const Problem = z.object({
  stage: Stage,
  reason: z.string().max(63),
  message: z.string().max(4000),
  file: z.string().max(1024).optional(),
  line: z.number().int().positive().optional(),
  ref: ObjectRef.optional(),
  /** Since when, and whether trying again without a change of Git or cluster can help. */
  since: Instant,
  retryable: z.boolean(),
});
export type Problem = z.infer<typeof Problem>;

/** `start`: the agent's first look at an environment after it (re)started with nothing known. */
export const SyncTrigger = z.enum(["start", "commit", "drift", "hint", "resume", "retry", "declaration"]);
export type SyncTrigger = z.infer<typeof SyncTrigger>;

/** What was done to one object. */
export const ObjectOutcome = z.object({
  ref: ObjectRef,
  /** `recreated`: removed and made again, because an immutable field had to change and Git allows it. */
  action: z.enum(["created", "configured", "recreated", "unchanged", "pruned", "failed", "skipped"]),
  message: z.string().max(2000).optional(),
});
export type ObjectOutcome = z.infer<typeof ObjectOutcome>;

/**
 * How an attempt ended. `observed`: compared only. `succeeded`: applied, and every object healthy. `refused`:
 * nothing was applied. `failed`: something was not applied, or not healthy within the progress deadline.
 * `superseded`: something newer was applied before its objects were healthy.
 */
export const SyncOutcome = z.enum(["observed", "succeeded", "failed", "refused", "superseded"]);
export type SyncOutcome = z.infer<typeof SyncOutcome>;

/**
 * One attempt to converge. In mode `observe` nothing is applied: one record per revision that was
 * compared, with outcome `observed`. `id` makes recording it twice harmless.
 */
export const Sync = z.object({
  id: z.uuid(),
  revision: Revision,
  commit: Commit.optional(),
  trigger: SyncTrigger,
  mode: z.enum(["observe", "sync"]),
  outcome: SyncOutcome,
  /** When the agent first saw the revision in Git. */
  noticedAt: Instant.optional(),
  startedAt: Instant,
  /** When the last object was applied and pruned; absent where nothing was. */
  appliedAt: Instant.optional(),
  /** When the outcome was known: applied objects are waited for until they are healthy. */
  finishedAt: Instant,
  message: z.string().max(4000).optional(),
  /** Keyed digest of everything rendered, unmasked: equal digests mean byte-for-byte equal manifests. */
  renderedDigest: Digest.optional(),
  objects: z.array(ObjectOutcome).max(10_000),
});
export type Sync = z.infer<typeof Sync>;

/**
 * The state of one environment at `observedAt`, or what changed in it since report `base`.
 * `stream` names the agent's queue (new when its disk is new); sequences grow by one within it.
 */
export const Report = z.object({
  environment: EnvironmentName,
  stream: z.uuid(),
  sequence: z.number().int().positive(),
  /** The sequence this one adds to; null for a full report. */
  base: z.number().int().positive().nullable(),
  observedAt: Instant,
  /** Newest commit of the ref that was looked at; null where it could not be read yet. */
  head: Commit.nullable(),
  /**
   * The environment's revision: the newest commit up to `head` that changed what is rendered. Null where it is
   * not known yet; of an agent that does not tell it, `head` stands for it.
   */
  revision: Commit.nullable().default(null),
  /** The environment's revision that the objects below were compared with. */
  comparedRevision: Revision.nullable(),
  renderedDigest: Digest.nullable(),
  problem: Problem.nullable(),
  suspended: z
    .object({
      reason: z.string().max(1000),
      owner: z.string().max(300),
      until: Instant.nullable(),
      /** Who says so: the declaration, a person in the dashboard, or a declared window. */
      by: z.enum(["declaration", "person", "window"]).default("declaration"),
    })
    .nullable(),
  /** Why what differs is not applied yet: an environment that it depends on has not converged. */
  waiting: z.string().max(1000).nullable().default(null),
  applying: z.boolean(),
  /** Since when an apply runs or objects are Progressing, without a pause. */
  movingSince: Instant.nullable(),
  /** Objects whose status is new or changed since `base`; all of them in a full report. */
  resources: z.array(ResourceStatus).max(20_000),
  /** Object keys that are gone since `base`. */
  removed: z.array(z.string().max(1024)).max(20_000),
  /** Syncs that ended since the last report; recorded even where the rest is refused. */
  syncs: z.array(Sync).max(1000),
  /** Revisions found since the last report, told at least once; recorded even where the rest is refused. */
  revisions: z.array(EnvironmentRevision).max(MOST_REVISIONS).default([]),
});
export type Report = z.infer<typeof Report>;

export const ReportsRequest = z.object({ session: z.uuid(), reports: z.array(Report).min(1).max(100) });
export type ReportsRequest = z.infer<typeof ReportsRequest>;

/** `resend`: the server lacks `base`; send a full report next. */
export const ReportResult = z.object({
  environment: z.string(),
  sequence: z.number().int(),
  status: z.enum(["accepted", "duplicate", "resend", "refused"]),
  message: z.string().optional(),
});
export type ReportResult = z.infer<typeof ReportResult>;

export const ReportsResponse = z.object({ results: z.array(ReportResult), lacking: z.array(Digest) });
export type ReportsResponse = z.infer<typeof ReportsResponse>;

/** Masked manifest bodies the server asked for; `body` is canonical JSON whose SHA-256 is `digest`. */
export const ManifestsRequest = z.object({
  session: z.uuid(),
  manifests: z.array(z.object({ digest: Digest, body: z.string().max(2_000_000) })).max(1000),
});
export type ManifestsRequest = z.infer<typeof ManifestsRequest>;

/** What to do with an incoming report, given the last one recorded for its environment. Pure. */
export function admitReport(
  last: { stream: string; sequence: number } | null,
  incoming: Pick<Report, "stream" | "sequence" | "base">,
): "accept" | "duplicate" | "resend" {
  const sameStream = last !== null && last.stream === incoming.stream;
  if (sameStream && incoming.sequence <= last.sequence) return "duplicate";
  if (incoming.base === null) return "accept";
  return sameStream && incoming.base === last.sequence ? "accept" : "resend";
}
