import { z } from "zod";
import { Commit } from "../protocol/report.ts";

/** How a commit came to its branch, as its host says. */
export const Provenance = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("pull-request"),
    number: z.number().int(),
    url: z.string(),
    title: z.string(),
    /** Accounts on the host. */
    author: z.string().nullable(),
    mergedBy: z.string().nullable(),
    approvedBy: z.array(z.string()),
  }),
  z.object({ kind: z.literal("direct") }),
  /** The host does not say it, and why. */
  z.object({ kind: z.literal("unknown"), why: z.string() }),
]);
export type Provenance = z.infer<typeof Provenance>;

/** A commit as the record has it; `provenance` is null until its host was asked. */
export const RecordedCommit = Commit.extend({ provenance: Provenance.nullable() });
export type RecordedCommit = z.infer<typeof RecordedCommit>;

/** A commit that changed what is rendered for an environment, and what that rendering read. */
export const RevisionEntry = z.object({
  revision: z.string(),
  commit: RecordedCommit.nullable(),
  /** Null where it cannot be rendered. */
  renderedDigest: z.string().nullable(),
  /** Sorted paths of the repository; one that ends in "/" is a whole directory. */
  inputs: z.array(z.string()),
  seenAt: z.string(),
  /** When the environment first converged at it; null where it did not. */
  convergedAt: z.string().nullable(),
  /** How many syncs it had, and how the last of them ended. */
  syncs: z.number().int(),
  lastOutcome: z.string().nullable(),
});
export type RevisionEntry = z.infer<typeof RevisionEntry>;

export const RevisionPage = z.object({ revisions: z.array(RevisionEntry), next: z.string().nullable() });
export type RevisionPage = z.infer<typeof RevisionPage>;
