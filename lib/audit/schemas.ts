import { z } from "zod";

export const ActorKind = z.enum(["person", "agent", "webhook", "job", "system"]);
export type ActorKind = z.infer<typeof ActorKind>;

/** One link of an organization's audit chain. */
export const AuditEvent = z.object({
  sequence: z.number().int(),
  at: z.string(),
  actor: z.object({ kind: ActorKind, id: z.string().nullable(), name: z.string() }),
  /** `noun.verb`, such as `rollback.opened`. */
  action: z.string(),
  subject: z.object({
    kind: z.string(),
    id: z.string(),
    name: z.string(),
    /** Its page, below the organization's; null where it has none (any more). */
    path: z.string().nullable(),
  }),
  /** What there is to say beyond that: reason, revisions. No secret. */
  details: z.record(z.string(), z.json()),
  address: z.string().nullable(),
  hash: z.string(),
});
export type AuditEvent = z.infer<typeof AuditEvent>;

const text = (most: number) =>
  z
    .string()
    .trim()
    .max(most, `At most ${most} letters.`)
    .optional()
    .transform((value) => value || undefined);
const instant = z.iso
  .datetime({ offset: true, error: "Give an instant, such as 2026-12-01T08:00:00Z." })
  .or(z.literal("").transform(() => undefined))
  .optional();

/** Which events; all that are given must hold. */
export const AuditFilter = z.object({
  /** A person, agent, webhook or job, by name. */
  actor: text(300),
  /** `rollback.opened`, or `rollback.*` for all of a noun. */
  action: text(100),
  subjectKind: text(100),
  from: instant,
  until: instant,
  /** Words that all must be in it, in any letter case; "in quotes" together, -not. */
  text: text(300),
});
export type AuditFilter = z.infer<typeof AuditFilter>;

export const AuditPage = z.object({
  events: z.array(AuditEvent),
  next: z.string().nullable(),
  /** How far back was looked, where a search ended before it had filled its page. */
  searchedTo: z.string().nullable(),
});
export type AuditPage = z.infer<typeof AuditPage>;

/** What there is to filter by. */
export const AuditChoices = z.object({
  actors: z.array(z.string()),
  actions: z.array(z.string()),
  subjectKinds: z.array(z.string()),
});
export type AuditChoices = z.infer<typeof AuditChoices>;

export const AuditVerification = z.object({
  ok: z.boolean(),
  checked: z.number().int(),
  /** First broken link, where there is one. */
  brokenAt: z.number().int().nullable(),
  kind: z.enum(["deleted", "edited", "reordered", "inserted", "truncated", "rewritten"]).nullable(),
  message: z.string(),
  /** What this could not exclude; null where nothing is left. */
  open: z.string().nullable(),
  /** Of each anchor that was given, whether the chain still holds it. */
  anchors: z.array(z.object({ sequence: z.number().int().nullable(), ok: z.boolean(), message: z.string() })),
});
export type AuditVerification = z.infer<typeof AuditVerification>;

export const VerifyAuditInput = z.object({
  /** Any text with anchors in it. */
  anchors: z.string().max(200_000, "Give fewer anchors at a time.").default(""),
});
export type VerifyAuditInput = z.infer<typeof VerifyAuditInput>;

/** One line of a verification's stream. */
export const VerificationLine = z.union([
  z.object({ progress: z.object({ checked: z.number().int(), total: z.number().int() }) }),
  z.object({ result: AuditVerification }),
  z.object({ error: z.string() }),
]);
export type VerificationLine = z.infer<typeof VerificationLine>;

/** A signed anchor of the chain's head, and which channels it is on its way to. */
export const AnchorAnswer = z.object({
  anchor: z.string(),
  sequence: z.number().int(),
  publicKey: z.string(),
  channels: z.array(z.string()),
});
export type AnchorAnswer = z.infer<typeof AnchorAnswer>;

/** What the page says of anchors: the key they are signed with, and where they go every day. */
export const AnchorSetting = z.object({
  publicKey: z.string(),
  channels: z.array(z.string()),
  lastAt: z.string().nullable(),
});
export type AnchorSetting = z.infer<typeof AnchorSetting>;
