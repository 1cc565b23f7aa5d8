import type { Channel, Sent } from "./channel.ts";
import { guardedPost } from "./guarded-fetch.ts";
import { refused } from "./outcome.ts";
import type { ChannelSecret } from "./schemas.ts";
import { slackMessage } from "./slack-blocks.ts";
import { outcomeOf } from "./webhook.ts";

// The words Slack answers with: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
const sentences: Record<string, string> = {
  no_service:
    "Slack no longer knows this webhook: make a new one in the Slack app and give the channel its address.",
  no_service_id: "Slack does not know this webhook: copy its whole address from the Slack app.",
  no_team: "Slack does not know this webhook's workspace: copy its whole address from the Slack app.",
  team_disabled: "The Slack workspace is disabled: give the channel a webhook of another one.",
  invalid_token:
    "Slack does not accept this webhook: make a new one in the Slack app and give the channel its address.",
  channel_not_found: "The webhook's Slack channel is gone: make a webhook for another one.",
  channel_is_archived:
    "The webhook's Slack channel is archived: unarchive it, or make a webhook for another one.",
  action_prohibited: "The Slack workspace does not let this app post there: ask its administrator.",
  posting_to_general_channel_denied:
    "The Slack workspace does not let apps post to its general channel: choose another one.",
};

/** Posts to an incoming webhook of Slack, or of what speaks the same; it has no threads. */
export function openSlackWebhook(
  { url }: ChannelSecret<"slack-webhook">,
  allowed: readonly string[],
): Channel {
  return {
    async send(message): Promise<Sent> {
      const body = JSON.stringify(slackMessage(message));
      const headers = { "content-type": "application/json; charset=utf-8" };
      const answer = await guardedPost({ url, headers, body, allowed });
      const known = answer.ok && answer.status >= 400 ? sentences[answer.body.trim()] : undefined;
      return known ? refused(known) : outcomeOf(answer, new URL(url).host);
    },
  };
}
