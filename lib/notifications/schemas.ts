import { z } from "zod";
import { ChannelInput, ChannelKind } from "./channels/schemas.ts";
import { AlertKind } from "./message.ts";

export { AlertKind, ChannelInput, ChannelKind };

/** What a rule may ask for: every kind of alert but the test, which goes to the channel it was asked for. */
export const RuleKind = AlertKind.exclude(["test"]);
export type RuleKind = z.infer<typeof RuleKind>;

export const DeliveryStatus = z.enum(["pending", "delivered", "given-up"]);
export type DeliveryStatus = z.infer<typeof DeliveryStatus>;

/** An environment as lists of other things name it. */
export const EnvironmentName = z.object({ id: z.uuid(), name: z.string(), cluster: z.string() });
export type EnvironmentName = z.infer<typeof EnvironmentName>;

/** A channel as it may be shown: where it leads, and never its secret. */
export const ChannelRow = z.object({
  id: z.uuid(),
  kind: ChannelKind,
  name: z.string(),
  /** Where it leads, for people: a host, "#alerts", "ops@example.com and 2 more". */
  target: z.string(),
  /** Filled where the kind has it, for editing. */
  host: z.string().nullable(),
  channel: z.string().nullable(),
  recipients: z.array(z.string()),
  createdBy: z.string(),
  createdAt: z.string(),
  disabledAt: z.string().nullable(),
  /** How the newest delivery that was tried ended; null where there was none. */
  last: z.object({ status: DeliveryStatus, at: z.string(), problem: z.string().nullable() }).nullable(),
});
export type ChannelRow = z.infer<typeof ChannelRow>;

export const ChannelList = z.object({ channels: z.array(ChannelRow) });
export type ChannelList = z.infer<typeof ChannelList>;

/** The only answer that ever carries a signing secret, and only where the server has just made it. */
export const CreateChannelResult = z.object({ channel: ChannelRow, signingSecret: z.string().nullable() });
export type CreateChannelResult = z.infer<typeof CreateChannelResult>;

/** What to change; a field left out stays. Which fields there are follows from the channel's kind. */
export const UpdateChannelInput = z.object({
  name: z.string().optional(),
  disabled: z.boolean().optional(),
  url: z.string().optional(),
  signingSecret: z.string().optional(),
  channel: z.string().optional(),
  token: z.string().optional(),
  recipients: z.array(z.string()).optional(),
});
export type UpdateChannelInput = z.infer<typeof UpdateChannelInput>;

/** Which alerts of which environments go to a channel; `environment` null for every one. */
export const RuleRow = z.object({
  id: z.uuid(),
  channel: z.object({ id: z.uuid(), name: z.string(), kind: ChannelKind }),
  environment: EnvironmentName.nullable(),
  kinds: z.array(RuleKind),
  createdBy: z.string(),
  createdAt: z.string(),
});
export type RuleRow = z.infer<typeof RuleRow>;

export const RuleList = z.object({ rules: z.array(RuleRow) });
export type RuleList = z.infer<typeof RuleList>;

export const CreateRuleInput = z
  .object({
    channelId: z.uuid(),
    environmentId: z.uuid().nullable().default(null),
    kinds: z
      .array(RuleKind)
      .min(1, "Choose at least one kind of alert.")
      .transform((kinds) => [...new Set(kinds)]),
  })
  .refine(({ environmentId, kinds }) => environmentId === null || !kinds.includes("audit-anchor"), {
    path: ["kinds"],
    error: "Anchors of the audit log are of the whole organization: choose any environment for them.",
  });
export type CreateRuleInput = z.infer<typeof CreateRuleInput>;

/** One alert on its way to one channel; `channel` null for a commit status. */
export const DeliveryRow = z.object({
  id: z.uuid(),
  alert: z.object({ id: z.uuid(), kind: AlertKind, title: z.string(), at: z.string(), url: z.string() }),
  environment: EnvironmentName.nullable(),
  channel: z.object({ id: z.uuid(), name: z.string(), kind: ChannelKind }).nullable(),
  status: DeliveryStatus,
  attempts: z.number().int(),
  /** When it is tried next; null once it is not. */
  nextAt: z.string().nullable(),
  /** Why the last attempt failed, and what to do; null where none did. */
  problem: z.string().nullable(),
  createdAt: z.string(),
  deliveredAt: z.string().nullable(),
});
export type DeliveryRow = z.infer<typeof DeliveryRow>;

export const DeliveryPage = z.object({ deliveries: z.array(DeliveryRow), next: z.string().nullable() });
export type DeliveryPage = z.infer<typeof DeliveryPage>;
