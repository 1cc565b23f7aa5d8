import { z } from "zod";

/** Every kind of alert; what each is for stands in `lib/alerts`. */
export const AlertKind = z.enum([
  "change-committed",
  "diff",
  "converged",
  "failed",
  "agent-silent",
  "suspended-too-long",
  /** A signed anchor of the audit log, once a day and on demand. */
  "audit-anchor",
  /** "Send a test" of a channel. */
  "test",
]);
export type AlertKind = z.infer<typeof AlertKind>;

/** All that a message about one alert says, in whatever channel; times are ISO 8601. Text is plain, masked and not trusted. */
export const AlertMessage = z.object({
  /** The alert's id: the same at every attempt, so that a receiver can tell a repetition. */
  id: z.uuid(),
  kind: AlertKind,
  at: z.string(),
  organization: z.object({ slug: z.string(), name: z.string() }),
  cluster: z.string().nullable(),
  environment: z.string().nullable(),
  /** One line: "production on eu-1 differs from Git for 30 minutes". */
  title: z.string().max(300),
  /** What, in a sentence or two: "Deployment/quotes replicas 6 → 2, by kubectl edit". */
  what: z.string().max(2000),
  since: z.string().nullable(),
  /** Who, where it is known: a commit's author, or who edited the cluster. */
  who: z.string().max(300).nullable(),
  revision: z.string().nullable(),
  /** The page in Plumbline. */
  url: z.string(),
  commitUrl: z.string().nullable(),
  /** What belongs to one episode goes into one thread; null where nothing follows. */
  episode: z.string().nullable(),
  /** 0 for the first, one more for each reminder. */
  ordinal: z.number().int().nonnegative(),
});
export type AlertMessage = z.infer<typeof AlertMessage>;
