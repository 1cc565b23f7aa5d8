import { z } from "zod";
import { Commit } from "../protocol/report.ts";

/** A commit that changed what is rendered for an environment, and what that rendering read. */
export const RevisionEntry = z.object({
  revision: z.string(),
  commit: Commit.nullable(),
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
