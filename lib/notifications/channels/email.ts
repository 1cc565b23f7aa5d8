import { createTransport } from "nodemailer";
import type { AlertMessage } from "../message.ts";
import type { Channel, Sent } from "./channel.ts";
import { emailParts } from "./email-parts.ts";
import { later, refused } from "./outcome.ts";
import { oneLine } from "./plain-text.ts";
import type { ChannelConfig } from "./schemas.ts";
import { smtpOptions } from "./smtp-options.ts";

/** The relay, who e-mail is from, and the host name that ids of messages end with. */
export type MailAccess = { smtpUrl: string; from: string; host: string };

/** Why there can be no e-mail: said when a channel is made, and when one is used. */
export const NO_RELAY =
  "This Plumbline sends no e-mail: whoever operates it has to set SMTP_URL and SMTP_FROM.";

const MESSAGE_ID = /^<[\w.+-]+@[\w.:[\]-]+>$/;

/** The Message-ID of an alert: the same at every attempt, so that a repetition can be told. */
export const messageIdOf = (alertId: string, host: string) => `<alert-${alertId}@${host}>`;

/**
 * Sends to all recipients at once; what follows in an episode answers to its first message. It counts as sent once
 * the relay took it for anybody: trying again would repeat it to them.
 */
export function openEmail({ recipients }: ChannelConfig<"email">, access: MailAccess): Channel {
  return {
    async send(message, thread) {
      const transport = createTransport(smtpOptions(access.smtpUrl));
      try {
        const messageId = messageIdOf(message.id, access.host);
        const first = thread && MESSAGE_ID.test(thread) ? thread : undefined;
        await transport.sendMail({
          from: access.from,
          to: recipients,
          ...contentOf(message, access.host),
          messageId,
          ...(first ? { inReplyTo: first, references: first } : {}),
        });
        return { ok: true, thread: first ?? messageId };
      } catch (error) {
        return outcomeOf(error, new URL(access.smtpUrl).host);
      } finally {
        transport.close();
      }
    },
  };
}

function contentOf(message: AlertMessage, host: string) {
  const { slug } = message.organization;
  return {
    ...emailParts(message),
    ...(Number.isNaN(Date.parse(message.at)) ? {} : { date: new Date(message.at) }),
    headers: {
      // RFC 3834: nobody's absence notice should answer.
      "Auto-Submitted": "auto-generated",
      "X-Auto-Response-Suppress": "All",
      "List-Id": `<${slug.replace(/[^\w-]/g, "-")}.alerts.${host}>`,
    },
  };
}

type SmtpFailure = {
  code?: string;
  responseCode?: number;
  response?: string;
  rejectedErrors?: SmtpFailure[];
};

function outcomeOf(error: unknown, relay: string): Sent {
  const failure = error as SmtpFailure;
  // With every recipient refused, one that is refused for now only is reason enough to try again.
  const each = failure.rejectedErrors?.length ? failure.rejectedErrors : [failure];
  const codes = each.map((one) => one.responseCode ?? 0).filter((code) => code >= 400);
  const said = oneLine(each[0]?.response ?? "", 200);
  if (failure.code === "EAUTH" && codes.every((code) => code >= 500))
    return refused(`${relay} does not accept the user and password in SMTP_URL: correct them.`);
  if (failure.code === "ETLS")
    return refused(
      `${relay} offers no encryption that can be trusted: use one with a certificate for its name, or say in SMTP_URL what to accept.`,
    );
  if (codes.length === 0)
    return later(`${relay} could not be reached (${failure.code ?? "no answer"}); it is tried again.`);
  if (codes.some((code) => code < 500))
    return later(`${relay} cannot take the message just now (${said}); it is tried again.`);
  return failure.rejectedErrors?.length
    ? refused(`${relay} takes mail for none of the recipients (${said}): correct their addresses.`)
    : refused(`${relay} refused the message (${said}): check SMTP_FROM and what the relay lets through.`);
}
