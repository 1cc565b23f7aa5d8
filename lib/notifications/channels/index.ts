import { randomBytes } from "node:crypto";
import { env } from "../../env.ts";
import type { Channel } from "./channel.ts";
import { NO_RELAY, openEmail } from "./email.ts";
import { refusalOfUrl } from "./guarded-fetch.ts";
import { refused } from "./outcome.ts";
import {
  type ChannelConfig,
  type ChannelInput,
  type ChannelKind,
  type ChannelSecret,
  channelConfigs,
  channelSecrets,
} from "./schemas.ts";
import { openSlackBot } from "./slack-bot.ts";
import { openSlackWebhook } from "./slack-webhook.ts";
import { openWebhook } from "./webhook.ts";

/** A channel as it is stored: `config` may be shown, `secret` is sealed; null where there is none. */
export type StoredChannel = { kind: ChannelKind; name: string; config: ChannelConfig; secret: ChannelSecret };

/** Parts what may be shown from what may not; a webhook without a signing secret gets one. */
export function storedChannel(input: ChannelInput): StoredChannel {
  const { kind, name } = input;
  switch (input.kind) {
    case "slack-webhook":
      return { kind, name, config: { host: new URL(input.url).host }, secret: { url: input.url } };
    case "slack-bot":
      return { kind, name, config: { channel: input.channel }, secret: { token: input.token } };
    case "webhook": {
      const signingSecret = input.signingSecret ?? `whsec_${randomBytes(32).toString("base64")}`;
      return {
        kind,
        name,
        config: { host: new URL(input.url).host },
        secret: { url: input.url, signingSecret },
      };
    }
    case "email":
      return { kind, name, config: { recipients: input.recipients }, secret: null };
  }
}

/**
 * Why a channel cannot be made here, in a sentence: no mail relay, or an address that is inside by itself. Null where
 * only sending will tell, as what a name resolves to is judged each time.
 */
export function refusalOf(input: ChannelInput): string | null {
  if (input.kind === "email") return mailAccess() ? null : NO_RELAY;
  if (input.kind === "slack-bot") return null;
  return refusalOfUrl(new URL(input.url), env().PLUMBLINE_ALLOW_PRIVATE_ADDRESSES);
}

/** Opens a stored channel; one whose settings cannot be read refuses every message and says so. */
export function openChannel(kind: ChannelKind, config: unknown, secret: unknown): Channel {
  const allowed = env().PLUMBLINE_ALLOW_PRIVATE_ADDRESSES;
  switch (kind) {
    case "slack-webhook":
      return opened(channelSecrets["slack-webhook"].safeParse(secret).data, (own) =>
        openSlackWebhook(own, allowed),
      );
    case "webhook":
      return opened(channelSecrets.webhook.safeParse(secret).data, (own) => openWebhook(own, allowed));
    case "slack-bot": {
      const shown = channelConfigs["slack-bot"].safeParse(config).data;
      const own = channelSecrets["slack-bot"].safeParse(secret).data;
      return opened(shown && own && { shown, own }, (both) =>
        openSlackBot(both.shown, both.own, slackAccess(allowed)),
      );
    }
    case "email": {
      const access = mailAccess();
      if (!access) return refusing(NO_RELAY);
      return opened(channelConfigs.email.safeParse(config).data, (shown) => openEmail(shown, access));
    }
  }
}

const refusing = (reason: string): Channel => ({ send: async () => refused(reason) });

function opened<T>(settings: T | undefined, open: (settings: T) => Channel): Channel {
  return settings === undefined
    ? refusing("This channel's settings cannot be read: remove it and make it anew.")
    : open(settings);
}

function slackAccess(allowed: readonly string[]) {
  const apiUrl = env().SLACK_API_URL;
  // The operator chose this host: naming it there is naming it here.
  return { apiUrl, allowed: [...allowed, new URL(apiUrl).hostname.replace(/^\[|\]$/g, "")] };
}

function mailAccess() {
  const { SMTP_URL, SMTP_FROM, PLUMBLINE_URL } = env();
  return SMTP_URL && SMTP_FROM
    ? { smtpUrl: SMTP_URL, from: SMTP_FROM, host: new URL(PLUMBLINE_URL).hostname }
    : null;
}
