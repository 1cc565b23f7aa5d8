import type { ReactNode } from "react";
import { Field, Input, TextArea } from "#components/ui/field.tsx";
import type { ChannelKind, ChannelRow } from "#lib/notifications/schemas.ts";

type Errors = Partial<Record<string, string>>;

/**
 * The fields of one kind of channel, with what a person needs to fill them in. With a channel they edit it:
 * what is secret is never shown, and stays where its field is left empty.
 */
export function ChannelFields({
  kind,
  channel,
  errors,
}: {
  kind: ChannelKind;
  channel?: ChannelRow | undefined;
  errors: Errors;
}) {
  const kept = channel ? "Kept as it is unless you give a new one. " : "";
  return (
    <>
      <Field label="Name" hint="As people call it; it stands in rules and in the log." error={errors.name}>
        {(attributes) => (
          <Input
            {...attributes}
            name="name"
            defaultValue={channel?.name}
            placeholder={NAMES[kind]}
            maxLength={80}
            autoComplete="off"
          />
        )}
      </Field>
      {kind === "slack-webhook" && (
        <Secret
          name="url"
          label="Webhook URL"
          placeholder="https://hooks.slack.com/services/…"
          errors={errors}
          hint={
            <>
              {kept}In Slack: your app, Incoming Webhooks, Add New Webhook. Whoever has it can post, so it is
              kept sealed and never shown again.
            </>
          }
        />
      )}
      {kind === "slack-bot" && (
        <>
          <Field
            label="Channel"
            hint="Its name, such as #ops, or its id. Invite the bot there first: /invite @plumbline."
            error={errors.channel}
          >
            {(attributes) => (
              <Input
                {...attributes}
                name="channel"
                defaultValue={channel?.channel ?? ""}
                placeholder="#ops"
                autoComplete="off"
              />
            )}
          </Field>
          <Secret
            name="token"
            label="Bot token"
            placeholder="xoxb-…"
            errors={errors}
            hint={
              <>
                {kept}In Slack: your app, OAuth &amp; Permissions. It needs the scope <code>chat:write</code>.
                What follows in one episode goes into one thread.
              </>
            }
          />
        </>
      )}
      {kind === "webhook" && (
        <>
          <Secret
            name="url"
            label="URL"
            placeholder="https://example.com/plumbline"
            errors={errors}
            hint={
              <>
                {channel ? `Now at ${channel.host}. ${kept}` : ""}Each alert is posted there as JSON. Only
                public addresses are reached, and redirects are not followed.
              </>
            }
          />
          <Secret
            name="signingSecret"
            label={channel ? "Signing secret" : "Signing secret (optional)"}
            placeholder={channel ? "" : "made for you where left empty"}
            errors={errors}
            hint={
              <>
                {kept}Signs each request as Standard Webhooks has it: check <code>webhook-signature</code> and
                refuse an old <code>webhook-timestamp</code>.
              </>
            }
          />
        </>
      )}
      {kind === "email" && (
        <Field
          label="Recipients"
          hint="One address a line, or separated by commas. Each gets a message of its own."
          error={errors.recipients}
        >
          {(attributes) => (
            <TextArea
              {...attributes}
              name="recipients"
              defaultValue={channel?.recipients.join("\n")}
              placeholder={"ops@example.com\nlead@example.com"}
            />
          )}
        </Field>
      )}
    </>
  );
}

const NAMES: Record<ChannelKind, string> = {
  "slack-webhook": "#ops",
  "slack-bot": "#ops",
  webhook: "incident bot",
  email: "On call",
};

function Secret({
  name,
  label,
  hint,
  placeholder,
  errors,
}: {
  name: string;
  label: string;
  hint: ReactNode;
  placeholder: string;
  errors: Errors;
}) {
  return (
    <Field label={label} hint={hint} error={errors[name]}>
      {(attributes) => (
        <Input
          {...attributes}
          name={name}
          type="text"
          inputMode={name === "url" ? "url" : "text"}
          className="mono"
          placeholder={placeholder}
          autoComplete="off"
          spellCheck={false}
        />
      )}
    </Field>
  );
}
