import type { AlertMessage } from "../message.ts";
import { cut } from "./plain-text.ts";
import { wordsOf } from "./words.ts";

// What Slack takes: https://docs.slack.dev/reference/block-kit/blocks
const HEADER = 150;
const SECTION = 3000;

const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
// Services that speak Slack's webhooks notify people at the bare word: a word joiner parts it from its sign.
const MENTION = /@(?=(channel|here|everyone|all|group)\b)/gi;

/** Untrusted text as Slack shows it literally: no mention, link or format in it comes to life, and it fits. */
export function slackText(text: string, limit = SECTION): string {
  let escaped = "";
  for (const character of text.replace(MENTION, "@\u2060")) {
    const next = escapes[character] ?? character;
    if (escaped.length + next.length > limit - 1) return `${escaped.trimEnd()}…`;
    escaped += next;
  }
  return escaped;
}

/** One message for Slack. Only the links are formatted; all else is in blocks of plain text. */
export function slackMessage(message: AlertMessage) {
  const { title, what, facts, links } = wordsOf(message);
  const lines = facts.map(({ label, text }) => `${label}: ${text}`).join("\n");
  const plain = (text: string, limit: number) => ({
    type: "plain_text" as const,
    text: slackText(text, limit),
    emoji: false,
  });
  return {
    // What a notification shows, and a client without blocks.
    text: slackText(cut([title, what].filter(Boolean).join("\n"), SECTION)),
    blocks: [
      { type: "header" as const, text: plain(title, HEADER) },
      ...[what, lines]
        .filter(Boolean)
        .map((text) => ({ type: "section" as const, text: plain(text, SECTION) })),
      ...(links.length
        ? [
            {
              type: "context" as const,
              elements: [
                {
                  type: "mrkdwn" as const,
                  text: links
                    .map(({ label, url }) => `<${slackText(url)}|${slackText(label)}>`)
                    .join("  ·  "),
                  verbatim: true,
                },
              ],
            },
          ]
        : []),
    ],
    mrkdwn: false,
    unfurl_links: false,
    unfurl_media: false,
  };
}
