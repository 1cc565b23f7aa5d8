import { z } from "zod";
import { AlertKind } from "../notifications/message.ts";
import { EnvironmentName } from "../notifications/schemas.ts";

const second = 1000;
const minute = 60 * second;
const day = 86_400_000;
const between = (least: number, most: number, saying: string) =>
  z.number().int().min(least, saying).max(most, saying);

/** How long alerts wait and how often they come again. */
export const AlertPolicy = z.object({
  /** How long an environment may differ before that is told. */
  diffAlertAfterMs: between(second, 14 * day, "Between 1 second and 14 days."),
  /** How often it is told again while it lasts; null for never. */
  remindEveryMs: between(minute, 14 * day, "Between 1 minute and 14 days.").nullable(),
  /** How long nothing may differ before it counts as converged. */
  settleMs: between(0, 60 * minute, "At most an hour."),
  /** How long a suspension may last before that is told. */
  suspendedTooLongMs: between(minute, 14 * day, "Between 1 minute and 14 days."),
});
export type AlertPolicy = z.infer<typeof AlertPolicy>;

/** What holds where nobody has decided otherwise. */
export const DEFAULT_POLICY: AlertPolicy = {
  diffAlertAfterMs: 30 * minute,
  remindEveryMs: null,
  settleMs: 30 * second,
  suspendedTooLongMs: day,
};

/** The policy that holds, and whose it is; `own` is null where this level has none of its own. */
export const AlertPolicyView = z.object({
  policy: AlertPolicy,
  from: z.enum(["default", "organization", "environment"]),
  own: AlertPolicy.nullable(),
});
export type AlertPolicyView = z.infer<typeof AlertPolicyView>;

/** A policy of one's own, or null to follow the level above again. */
export const SetAlertPolicyInput = z.object({ policy: AlertPolicy.nullable() });
export type SetAlertPolicyInput = z.infer<typeof SetAlertPolicyInput>;

/** One alert as lists show it; all times ISO 8601. */
export const AlertRow = z.object({
  id: z.uuid(),
  kind: AlertKind,
  /** When it was so, which may be long before it was heard. */
  at: z.string(),
  environment: EnvironmentName.nullable(),
  cluster: z.string().nullable(),
  title: z.string(),
  what: z.string(),
  who: z.string().nullable(),
  since: z.string().nullable(),
  revision: z.string().nullable(),
  commitUrl: z.string().nullable(),
  /** What belongs together: one stretch of not being converged. */
  episode: z.string().nullable(),
  /** 0 for the first of an episode, one more for each reminder. */
  ordinal: z.number().int(),
  /** Recorded and not sent, as it was muted. */
  muted: z.boolean(),
  /** How many deliveries of it are in which state. */
  deliveries: z.object({
    pending: z.number().int(),
    delivered: z.number().int(),
    givenUp: z.number().int(),
  }),
});
export type AlertRow = z.infer<typeof AlertRow>;

export const AlertPage = z.object({ alerts: z.array(AlertRow), next: z.string().nullable() });
export type AlertPage = z.infer<typeof AlertPage>;

/** No messages about an environment (null: about any) until an instant. */
export const MuteRow = z.object({
  id: z.uuid(),
  environment: EnvironmentName.nullable(),
  reason: z.string(),
  mutedBy: z.string(),
  createdAt: z.string(),
  until: z.string(),
});
export type MuteRow = z.infer<typeof MuteRow>;

export const MuteList = z.object({ mutes: z.array(MuteRow) });
export type MuteList = z.infer<typeof MuteList>;

export const CreateMuteInput = z.object({
  environmentId: z.uuid().nullable().default(null),
  reason: z.string().trim().min(3, "Say why, in a few words.").max(1000),
  /** At most 30 days from now. */
  until: z.iso.datetime({ offset: true, error: "Give an instant, such as 2026-12-01T08:00:00Z." }),
});
export type CreateMuteInput = z.infer<typeof CreateMuteInput>;
