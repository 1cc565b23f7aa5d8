import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
  WebClient,
  type WebClientOptions,
} from "@slack/web-api";
import type { AlertMessage } from "../message.ts";
import type { Channel, Sent } from "./channel.ts";
import { guardedPost } from "./guarded-fetch.ts";
import { later, refused, retryAfterMs } from "./outcome.ts";
import { oneLine } from "./plain-text.ts";
import type { ChannelConfig, ChannelSecret } from "./schemas.ts";
import { slackMessage } from "./slack-blocks.ts";

const NOT_NOW = new Set([
  "ratelimited",
  "rate_limited",
  "internal_error",
  "fatal_error",
  "service_unavailable",
  "request_timeout",
  "team_added_to_org",
]);
// The message to answer to is gone: the next one begins a thread of its own.
const NO_THREAD = new Set([
  "thread_not_found",
  "message_not_found",
  "cannot_reply_to_message",
  "invalid_thread_ts",
]);

const newToken = (what: string) => `${what}: install the app again and give the channel its new token.`;
const TOKEN: Record<string, string> = {
  invalid_auth: newToken("Slack does not accept the bot token"),
  not_authed: newToken("Slack does not accept the bot token"),
  account_inactive: newToken("The bot token's account is deactivated"),
  token_revoked: newToken("The bot token was revoked"),
  token_expired: newToken("The bot token has expired"),
  missing_scope: "The Slack app may not post: add the scope chat:write and install it again.",
  not_allowed_token_type: "This is not a bot token: give the channel the one that begins with xoxb-.",
  no_permission: "The Slack app may not post: add the scope chat:write and install it again.",
};
const CHANNEL: Record<string, (channel: string) => string> = {
  channel_not_found: (channel) =>
    `Slack has no channel ${channel} that the app can see: check the name, and invite the app where it is private.`,
  not_in_channel: (channel) => `The Slack app is not in ${channel}: invite it there with /invite.`,
  is_archived: (channel) => `${channel} is archived: unarchive it, or choose another channel.`,
  restricted_action: (channel) =>
    `The Slack workspace does not let this app post to ${channel}: ask its administrator.`,
};

/** Where Slack's Web API is, and which inside addresses may be reached. */
export type SlackAccess = { apiUrl: string; allowed: readonly string[] };

/** Posts as a Slack app; what follows in an episode goes into the thread of its first message. */
export function openSlackBot(
  { channel }: ChannelConfig<"slack-bot">,
  { token }: ChannelSecret<"slack-bot">,
  access: SlackAccess,
): Channel {
  const client = new WebClient(token, {
    slackApiUrl: access.apiUrl,
    fetch: guardedFetch(access.allowed),
    // The outbox tries again; a client that waits would hold its place.
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    logger: silent,
  });

  async function post(message: AlertMessage, thread: string | null): Promise<Sent> {
    const { ts } = await client.chat.postMessage({
      channel,
      ...slackMessage(message),
      parse: "none",
      link_names: false,
      ...(thread ? { thread_ts: thread } : {}),
    });
    return { ok: true, thread: thread ?? ts ?? null };
  }

  return {
    async send(message, thread) {
      try {
        return await post(message, thread).catch((error) => {
          if (thread && NO_THREAD.has(codeOf(error))) return post(message, null);
          throw error;
        });
      } catch (error) {
        return outcomeOf(error, channel);
      }
    },
  };
}

const codeOf = (error: unknown) => (error instanceof WebAPIPlatformError ? error.data.error : "");

function outcomeOf(error: unknown, channel: string): Sent {
  if (error instanceof WebAPIRateLimitedError)
    return later("Slack asks for a pause; it is tried again after it.", error.retryAfter * 1000);
  if (error instanceof WebAPIPlatformError) return outcomeOfCode(error.data.error, channel);
  if (error instanceof WebAPIHTTPError) {
    const { statusCode, headers } = error;
    return statusCode >= 500
      ? later(
          `Slack answered ${statusCode}; it is tried again.`,
          retryAfterMs(headers["retry-after"], Date.now()),
        )
      : refused(`Slack answered ${statusCode}: check where SLACK_API_URL points.`);
  }
  if (error instanceof WebAPIRequestError && error.original instanceof Unanswered)
    return error.original.retryable ? later(error.original.message) : refused(error.original.message);
  return later("Slack could not be reached; it is tried again.");
}

function outcomeOfCode(code: string, channel: string): Sent {
  if (NOT_NOW.has(code)) return later(`Slack cannot take messages just now (${code}); it is tried again.`);
  // The library gives what is not JSON as the code.
  if (!/^[a-z][a-z0-9_]{1,60}$/.test(code))
    return later("What answered for Slack is not Slack; it is tried again.");
  const restricted = code.startsWith("restricted_action") ? "restricted_action" : code;
  const sentence = TOKEN[code] ?? CHANNEL[restricted]?.(oneLine(channel));
  return refused(
    sentence ??
      `Slack refused the message to ${oneLine(channel)} (${code}): look the code up at chat.postMessage.`,
  );
}

/** A request of the library's that got no answer, with why. */
class Unanswered extends Error {
  readonly retryable: boolean;
  constructor(problem: string, retryable: boolean) {
    super(problem);
    this.retryable = retryable;
  }
}

function guardedFetch(allowed: readonly string[]): NonNullable<WebClientOptions["fetch"]> {
  return async (address, init = {}) => {
    const url = String(address);
    const { headers = {}, body } = init;
    const answer = await guardedPost({ url, headers, body: typeof body === "string" ? body : "", allowed });
    if (!answer.ok) throw new Unanswered(answer.problem, answer.retryable);
    const bytes = Buffer.from(answer.body);
    return {
      ok: answer.status >= 200 && answer.status < 300,
      status: answer.status,
      statusText: "",
      url,
      headers: {
        get: (name) => answer.headers[name.toLowerCase()] ?? null,
        entries: () => Object.entries(answer.headers).values(),
      },
      arrayBuffer: async () => new Uint8Array(bytes).buffer,
      json: async () => JSON.parse(answer.body),
      text: async () => answer.body,
    };
  };
}

// It would write what is sent, and what answered, to the console.
const silent: NonNullable<WebClientOptions["logger"]> = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  setLevel() {},
  setName() {},
  getLevel: () => "error" as ReturnType<NonNullable<WebClientOptions["logger"]>["getLevel"]>,
};
