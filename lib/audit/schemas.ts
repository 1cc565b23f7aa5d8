import { z } from "zod";

/** One link of an organization's audit chain. */
export const AuditEvent = z.object({
  sequence: z.number().int(),
  at: z.string(),
  actor: z.object({ kind: z.enum(["person", "agent", "webhook", "job", "system"]), name: z.string() }),
  /** `noun.verb`, such as `rollback.opened`. */
  action: z.string(),
  subject: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
  /** What there is to say beyond that: reason, revisions, address. No secret. */
  details: z.record(z.string(), z.json()),
  address: z.string().nullable(),
  hash: z.string(),
});
export type AuditEvent = z.infer<typeof AuditEvent>;

export const AuditPage = z.object({ events: z.array(AuditEvent), next: z.string().nullable() });
export type AuditPage = z.infer<typeof AuditPage>;

export const AuditVerification = z.object({
  ok: z.boolean(),
  checked: z.number().int(),
  /** First broken link, where there is one. */
  brokenAt: z.number().int().nullable(),
  message: z.string(),
});
export type AuditVerification = z.infer<typeof AuditVerification>;
