import { z } from "zod";

/** Whether there is a GitHub App, and what this person may do about it. */
export const GithubAppSetting = z.object({
  /** The App's address on GitHub; null where there is none. */
  url: z.string().nullable(),
  slug: z.string().nullable(),
  /** Whether this person may create one: an admin of the first organization, while there is none. */
  mayCreate: z.boolean(),
});
export type GithubAppSetting = z.infer<typeof GithubAppSetting>;

export const CreateAppInput = z.object({
  /** The organization on GitHub that shall own the App; the person's own account when left out. */
  owner: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9-]{0,39}$/, "must be the name of an organization on GitHub")
    .optional(),
});
export type CreateAppInput = z.infer<typeof CreateAppInput>;

/** A form for the browser to post to GitHub. */
export const AppForm = z.object({ action: z.string(), manifest: z.string() });
export type AppForm = z.infer<typeof AppForm>;

export const ConnectAppInput = z.object({
  /** True to choose where the App is installed, false where it is installed already. */
  install: z.boolean(),
});
export type ConnectAppInput = z.infer<typeof ConnectAppInput>;

export const GithubAddress = z.object({ url: z.string() });
export type GithubAddress = z.infer<typeof GithubAddress>;

/** Where the page Repositories finds what came of a way to GitHub. */
export const RETURN_COOKIE = "plumbline-github";

/** What came of a way to GitHub: what was done, or why not. */
export const GithubReturn = z.object({ done: z.string().optional(), problem: z.string().optional() });
export type GithubReturn = z.infer<typeof GithubReturn>;
