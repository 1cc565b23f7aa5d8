import { z } from "zod";

/** Whether pull requests that a person asks for are opened as them on GitHub. */
export const GithubIdentity = z.object({
  /** Their account on GitHub; null where they have connected none. */
  login: z.string().nullable(),
  connectedAt: z.string().nullable(),
  /** Why it does not work any more; null where nothing is wrong. */
  problem: z.string().nullable(),
  /** What connecting asks GitHub for, in words; null where this Plumbline has no way to ask. */
  grants: z.string().nullable(),
});
export type GithubIdentity = z.infer<typeof GithubIdentity>;
