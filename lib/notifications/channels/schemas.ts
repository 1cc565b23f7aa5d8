import { z } from "zod";

/** Every kind of channel an organization can make. */
export const ChannelKind = z.enum(["slack-webhook", "slack-bot", "webhook", "email"]);
export type ChannelKind = z.infer<typeof ChannelKind>;

const MAX_RECIPIENTS = 50;
// What must never stand in a header, a name or an address: control and line characters, and what turns text around.
const UNSEEN = /[\p{Cc}\p{Cf}\u2028\u2029]/u;
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

const Name = z
  .string()
  .trim()
  .min(1, "Give the channel a name.")
  .max(80, "At most 80 characters.")
  .refine((text) => !UNSEEN.test(text), "Use visible characters only.");

/**
 * An address to post to. Plain http is for a receiver on this very machine; whether that one, or any other inside
 * address, may be reached is the server's configuration (PLUMBLINE_ALLOW_PRIVATE_ADDRESSES).
 */
export const ReceiverUrl = z
  .string()
  .max(2048, "At most 2048 characters.")
  .superRefine((text, context) => {
    const problem = problemOfUrl(text);
    if (problem) context.addIssue({ code: "custom", message: problem });
  })
  .transform((text) => new URL(text).href);

function problemOfUrl(text: string): string | undefined {
  // The URL parser would drop some of these without a word.
  if (UNSEEN.test(text) || /[\s\\]/.test(text))
    return "An address holds no spaces, backslashes or unseen characters.";
  if (!/^https?:\/\/[^/]/i.test(text) || !URL.canParse(text))
    return "Give a whole address, such as https://example.com/alerts.";
  const url = new URL(text);
  if (url.username || url.password)
    return "Leave user and password out of the address: the signature shows who sends.";
  if (url.hash) return "Leave the part after # out: it is never sent.";
  if (url.protocol === "http:" && !LOOPBACK.test(url.hostname))
    return "Use https://: plain http is for a receiver on this machine only.";
  return undefined;
}

/** `whsec_` and 24 to 64 bytes in base64, as Standard Webhooks has it. */
export const SigningSecret = z
  .string()
  .regex(/^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/, "A signing secret is whsec_ and 24 to 64 bytes in base64.")
  .refine((text) => bytesOf(text) >= 24 && bytesOf(text) <= 64, "A signing secret has 24 to 64 bytes.");

function bytesOf(secret: string): number {
  try {
    return atob(secret.slice("whsec_".length)).length;
  } catch {
    return 0;
  }
}

const BotToken = z
  .string()
  .trim()
  .max(255)
  .regex(
    /^xox[bp]-[\w-]{8,}$/,
    "A bot token begins with xoxb- and stands under OAuth & Permissions of the Slack app.",
  );

const SlackChannel = z
  .string()
  .trim()
  .max(81)
  .regex(
    /^([CGD][A-Z0-9]{7,20}|#?[\p{Ll}\p{Lo}\p{N}_-]{1,80})$/u,
    "Give the channel's id (such as C0123456789) or its name (such as #alerts).",
  );

const EmailAddress = z.email("This is not an e-mail address.").max(254, "At most 254 characters.");

const Recipients = z
  .array(EmailAddress)
  .min(1, "Name at least one recipient.")
  .max(MAX_RECIPIENTS, `At most ${MAX_RECIPIENTS} recipients.`)
  .transform((all) => [...new Map(all.map((address) => [address.toLowerCase(), address])).values()]);

/** What may be shown of a channel, by kind: `NotificationChannel.config`. */
export const channelConfigs = {
  "slack-webhook": z.object({ host: z.string() }),
  "slack-bot": z.object({ channel: SlackChannel }),
  webhook: z.object({ host: z.string() }),
  email: z.object({ recipients: Recipients }),
} satisfies Record<ChannelKind, z.ZodType>;
/** What may be shown of a channel of one kind. */
export type ChannelConfig<K extends ChannelKind = ChannelKind> = z.infer<(typeof channelConfigs)[K]>;

/** What may not be shown: sealed as JSON into `NotificationChannel.secretEncrypted`; an e-mail channel has none. */
export const channelSecrets = {
  "slack-webhook": z.object({ url: ReceiverUrl }),
  "slack-bot": z.object({ token: BotToken }),
  webhook: z.object({ url: ReceiverUrl, signingSecret: SigningSecret }),
  email: z.null(),
} satisfies Record<ChannelKind, z.ZodType>;
/** The secret of a channel of one kind. */
export type ChannelSecret<K extends ChannelKind = ChannelKind> = z.infer<(typeof channelSecrets)[K]>;

/** What a person gives to make a channel. */
export const ChannelInput = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("slack-webhook"), name: Name, url: ReceiverUrl }),
  z.object({ kind: z.literal("slack-bot"), name: Name, channel: SlackChannel, token: BotToken }),
  z.object({
    kind: z.literal("webhook"),
    name: Name,
    url: ReceiverUrl,
    /** Made by the server, and shown once, where it is left out. */
    signingSecret: SigningSecret.optional(),
  }),
  z.object({ kind: z.literal("email"), name: Name, recipients: Recipients }),
]);
export type ChannelInput = z.infer<typeof ChannelInput>;
