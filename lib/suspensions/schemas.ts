import { z } from "zod";

/** Longest that a person may suspend an environment for; it can be suspended again. */
export const longestSuspensionMs = 30 * 86_400_000;

export const SuspendInput = z.object({
  reason: z.string().trim().min(3, "Say why, in a few words.").max(1000),
  /** When it ends by itself, ISO 8601. */
  until: z.iso.datetime({ offset: true, error: "Say until when, as an instant." }),
});
export type SuspendInput = z.infer<typeof SuspendInput>;

export const ResumeInput = z.object({ reason: z.string().trim().max(1000).default("") });
export type ResumeInput = z.infer<typeof ResumeInput>;

/** What a person asked for; the agent confirms it with its next report. */
export const AskedSuspension = z.object({
  reason: z.string(),
  owner: z.string(),
  until: z.string(),
  createdAt: z.string(),
});
export type AskedSuspension = z.infer<typeof AskedSuspension>;
