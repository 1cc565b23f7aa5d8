import { z } from "zod";

const sha = z.string().regex(/^[0-9a-f]{40}$/);

const repository = z.object({
  full_name: z.string().min(1).max(500),
  html_url: z.url({ protocol: /^https?$/ }).max(2000),
  default_branch: z.string().max(500).optional(),
});

const sender = z.object({ login: z.string().max(100) });

const files = z.array(z.string()).default([]);

/** What Plumbline reads of GitHub's `push` event; GitHub lists at most 2,048 commits. */
export const pushEventSchema = z.object({
  ref: z.string().startsWith("refs/").max(1000),
  before: sha,
  after: sha,
  created: z.boolean().default(false),
  deleted: z.boolean().default(false),
  forced: z.boolean().default(false),
  repository,
  sender: sender.optional(),
  commits: z
    .array(
      z.object({
        id: sha,
        message: z.string(),
        timestamp: z.iso.datetime({ offset: true }),
        author: z.object({
          name: z.string(),
          email: z.string().nullish(),
          username: z.string().nullish(),
        }),
        added: files,
        removed: files,
        modified: files,
      }),
    )
    .default([]),
});

/** A `push` event that has been checked. */
export type PushEvent = z.infer<typeof pushEventSchema>;

/** What Plumbline reads of GitHub's `pull_request` event, whatever its action. */
export const pullRequestEventSchema = z.object({
  action: z.string().max(100),
  number: z.int().positive(),
  repository,
  sender: sender.optional(),
  pull_request: z.object({
    number: z.int().positive(),
    html_url: z.url({ protocol: /^https?$/ }).max(2000),
    title: z.string(),
    state: z.enum(["open", "closed"]),
    merged: z.boolean().nullish(),
    merged_at: z.iso.datetime({ offset: true }).nullish(),
    closed_at: z.iso.datetime({ offset: true }).nullish(),
    merge_commit_sha: sha.nullish(),
    merged_by: sender.nullish(),
    head: z.object({ ref: z.string(), sha }),
    base: z.object({ ref: z.string(), sha }),
  }),
});

/** A `pull_request` event that has been checked. */
export type PullRequestEvent = z.infer<typeof pullRequestEventSchema>;

/** What Plumbline reads of `installation` and `installation_repositories`: which one it is about, nothing more. */
export const installationEventSchema = z.object({
  action: z.string().max(100),
  installation: z.object({ id: z.int().positive() }),
});
