import { z } from "zod";
import { Commit } from "../protocol/report.ts";
import { EnvironmentState } from "../protocol/state.ts";

/** Where a pull request is on its way from asked-for to proven. */
export const PullRequestStatus = z.enum([
  "requested",
  "open",
  "merged",
  "converging",
  "converged",
  "closed",
  "failed",
]);
export type PullRequestStatus = z.infer<typeof PullRequestStatus>;

/** What brought a pull request about: they differ in their target and their words, and in nothing else. */
export const RollbackKind = z.enum(["rollback", "undo", "forward", "revert"]);
export type RollbackKind = z.infer<typeof RollbackKind>;

/** What the host says of an open pull request. */
export const HostState = z.object({
  mergeable: z.enum(["clean", "conflicting", "blocked", "unknown"]),
  checks: z.enum(["passing", "failing", "pending", "none"]),
  approvals: z.array(z.string()),
  changesRequestedBy: z.array(z.string()),
});
export type HostState = z.infer<typeof HostState>;

export const PullRequestRow = z.object({
  id: z.uuid(),
  kind: RollbackKind,
  environment: z.object({ id: z.uuid(), name: z.string(), cluster: z.string() }),
  repository: z.string(),
  status: PullRequestStatus,
  /** Exactly where it stands: a key of the table in rules.ts, with its words. */
  situation: z.string(),
  sentence: z.string(),
  nextStep: z.string(),
  retryable: z.boolean(),
  /** True once what is rendered is byte for byte what was rendered at the target. */
  proven: z.boolean(),
  narrow: z.boolean(),
  number: z.number().int().nullable(),
  url: z.string().nullable(),
  host: HostState.nullable(),
  fromRevision: z.string(),
  toRevision: z.string(),
  /** The one commit that is reverted, for `revert`. */
  commitRevision: z.string().nullable(),
  mergeRevision: z.string().nullable(),
  reason: z.string(),
  requester: z.string(),
  /** The account that opened it on the host. */
  openedBy: z.string().nullable(),
  requestedAt: z.string(),
  openedAt: z.string().nullable(),
  mergedAt: z.string().nullable(),
  convergedAt: z.string().nullable(),
  closedAt: z.string().nullable(),
  /** What the host said; null where nothing went wrong. */
  problem: z.string().nullable(),
});
export type PullRequestRow = z.infer<typeof PullRequestRow>;

export const PullRequestList = z.object({ pullRequests: z.array(PullRequestRow) });
export type PullRequestList = z.infer<typeof PullRequestList>;

const revision = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/, "Not a full commit SHA.");

export const PreviewRollbackInput = z.object({
  /** The revision to go to; the commit to undo, for a revert. */
  toRevision: revision,
  kind: RollbackKind.default("rollback"),
});
export type PreviewRollbackInput = z.input<typeof PreviewRollbackInput>;

/** What happens to one object of the cluster. */
export const ObjectChange = z.object({
  /** `group/kind/namespace/name`. */
  key: z.string(),
  change: z.enum(["created", "removed", "changed"]),
  fields: z.array(z.object({ path: z.string(), from: z.string().nullable(), to: z.string().nullable() })),
  /** Fields that change besides those shown. */
  more: z.number().int(),
  /** False where a manifest of one side never arrived. */
  recorded: z.boolean(),
});
export type ObjectChange = z.infer<typeof ObjectChange>;

/** Another environment that reads a file which would change. */
export const Reached = z.object({
  environment: z.object({ id: z.uuid(), name: z.string(), cluster: z.string(), state: EnvironmentState }),
  files: z.array(z.string()),
  /** False where its inputs were never recorded, and its path stands for them. */
  recorded: z.boolean(),
});
export type Reached = z.infer<typeof Reached>;

/** What the pull request will change in Git. `patch` is unified, as Git writes it; null for binary or huge files. */
export const RollbackPreview = z.object({
  from: Commit,
  to: Commit,
  files: z.array(
    z.object({
      path: z.string(),
      previousPath: z.string().nullable(),
      status: z.enum(["added", "modified", "removed", "renamed"]),
      additions: z.number().int(),
      deletions: z.number().int(),
      patch: z.string().nullable(),
      /** The patch is kept back, since the file may hold values of Secrets. */
      withheld: z.boolean(),
    }),
  ),
  truncated: z.boolean(),
  /** What is put back: true where the target's inputs are known, false where its path stands for them. */
  inputsRecorded: z.boolean(),
  /** Objects from what is rendered now to what was rendered then; null where a side was not recorded. */
  objects: z.array(ObjectChange).nullable(),
  /** Why objects are missing or incomplete; null where they are not. */
  objectsNote: z.string().nullable(),
  reaches: z.array(Reached),
  /** The restore of only what nobody else reads; null where nobody else is reached. */
  narrower: z
    .object({
      files: z.array(z.string()),
      /** Whether it renders to what was rendered then, as far as a recorded revision proves it. */
      suffices: z.boolean(),
    })
    .nullable(),
  /** Why it cannot be done; empty where it can. */
  obstacles: z.array(z.string()),
  /** What is worth knowing before it is done. */
  cautions: z.array(z.string()),
});
export type RollbackPreview = z.infer<typeof RollbackPreview>;

export const OpenRollbackInput = z.object({
  toRevision: revision,
  kind: RollbackKind.default("rollback"),
  reason: z.string().trim().min(3, "Say why, in a few words.").max(1000),
  /** Only files that no other environment reads. */
  narrow: z.boolean().default(false),
});
export type OpenRollbackInput = z.input<typeof OpenRollbackInput>;
