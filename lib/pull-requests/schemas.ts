import { z } from "zod";
import { Commit } from "../protocol/report.ts";

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

export const PullRequestRow = z.object({
  id: z.uuid(),
  kind: z.literal("rollback"),
  environment: z.object({ id: z.uuid(), name: z.string(), cluster: z.string() }),
  repository: z.string(),
  status: PullRequestStatus,
  /** True once what is rendered is byte for byte what was rendered at the target. */
  proven: z.boolean(),
  number: z.number().int().nullable(),
  url: z.string().nullable(),
  fromRevision: z.string(),
  toRevision: z.string(),
  reason: z.string(),
  requester: z.string(),
  requestedAt: z.string(),
  openedAt: z.string().nullable(),
  mergedAt: z.string().nullable(),
  convergedAt: z.string().nullable(),
  closedAt: z.string().nullable(),
  /** What went wrong and what to do next; null where nothing did. */
  problem: z.string().nullable(),
});
export type PullRequestRow = z.infer<typeof PullRequestRow>;

export const PullRequestList = z.object({ pullRequests: z.array(PullRequestRow) });
export type PullRequestList = z.infer<typeof PullRequestList>;

export const PreviewRollbackInput = z.object({ toRevision: z.string() });
export type PreviewRollbackInput = z.infer<typeof PreviewRollbackInput>;

/** What the pull request will change in Git. `patch` is unified, as Git writes it; null for binary or huge files. */
export const RollbackPreview = z.object({
  from: Commit,
  to: Commit,
  files: z.array(
    z.object({
      path: z.string(),
      status: z.enum(["added", "modified", "removed", "renamed"]),
      additions: z.number().int(),
      deletions: z.number().int(),
      patch: z.string().nullable(),
      /** The patch is kept back, since the file may hold values of Secrets. */
      withheld: z.boolean(),
    }),
  ),
  truncated: z.boolean(),
  /** Why it cannot be done; empty where it can. */
  obstacles: z.array(z.string()),
});
export type RollbackPreview = z.infer<typeof RollbackPreview>;

export const OpenRollbackInput = z.object({
  toRevision: z.string(),
  reason: z.string().trim().min(3, "Say why, in a few words.").max(1000),
});
export type OpenRollbackInput = z.infer<typeof OpenRollbackInput>;
