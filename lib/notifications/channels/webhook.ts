import { Webhook } from "standardwebhooks";
import type { AlertMessage } from "../message.ts";
import type { Channel, Sent } from "./channel.ts";
import { type Answer, guardedPost } from "./guarded-fetch.ts";
import { later, refused, retryAfterMs } from "./outcome.ts";
import type { ChannelSecret } from "./schemas.ts";

// Besides 5xx, what says "not now" rather than "no".
const NOT_NOW = new Set([408, 425, 429]);

/** The body of a webhook: the message and `type`, such as `plumbline.diff`. */
export const webhookBody = (message: AlertMessage) =>
  JSON.stringify({ type: `plumbline.${message.kind}`, ...message });

/**
 * Posts messages signed as Standard Webhooks has it: `webhook-id` is the alert's at every attempt, so that a
 * repetition shows; the timestamp is the attempt's, so that a recorded one grows old.
 */
export function openWebhook(
  { url, signingSecret }: ChannelSecret<"webhook">,
  allowed: readonly string[],
): Channel {
  const signer = new Webhook(signingSecret);
  return {
    async send(message): Promise<Sent> {
      const body = webhookBody(message);
      const now = new Date();
      const headers = {
        "content-type": "application/json",
        "webhook-id": message.id,
        "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
        "webhook-signature": signer.sign(message.id, now, body),
      };
      return outcomeOf(await guardedPost({ url, headers, body, allowed }), new URL(url).host);
    },
  };
}

/** How a delivery over HTTP ended, by its status alone: what a receiver writes is not repeated. */
export function outcomeOf(answer: Answer, host: string, now = Date.now()): Sent {
  if (!answer.ok) return answer.retryable ? later(answer.problem) : refused(answer.problem);
  const { status } = answer;
  if (status >= 200 && status < 300) return { ok: true, thread: null };
  if (status >= 500 || NOT_NOW.has(status))
    return later(
      `${host} answered ${status}; it is tried again.`,
      retryAfterMs(answer.headers["retry-after"], now),
    );
  if (status === 410)
    return refused(
      `${host} answered 410: the receiver wants no more. Remove the channel, or give it a new address.`,
    );
  if (status === 401 || status === 403)
    return refused(`${host} answered ${status}: check the signing secret that the receiver verifies with.`);
  return refused(`${host} answered ${status}: check the channel's address and what the receiver accepts.`);
}
