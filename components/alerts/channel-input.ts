import { ChannelInput, type ChannelKind, type UpdateChannelInput } from "#lib/notifications/schemas.ts";

/** Addresses as people type them: on lines, or with commas, semicolons or spaces between. */
export const recipientsOf = (text: string) => text.split(/[\s,;]+/).filter(Boolean);

type Parsed<T> = { ok: true; input: T } | { ok: false; errors: Partial<Record<string, string>> };

/** What a form for a new channel holds, or what is wrong with it by field. */
export function newChannel(kind: ChannelKind, values: Record<string, string>): Parsed<ChannelInput> {
  const { signingSecret, recipients, ...others } = values;
  const parsed = ChannelInput.safeParse({
    ...others,
    kind,
    ...(signingSecret?.trim() ? { signingSecret: signingSecret.trim() } : {}),
    ...(kind === "email" ? { recipients: recipientsOf(recipients ?? "") } : {}),
    ...(values.url === undefined ? {} : { url: values.url.trim() }),
  });
  if (parsed.success) return { ok: true, input: parsed.data };
  const errors: Partial<Record<string, string>> = {};
  for (const issue of parsed.error.issues) {
    const [field = "name", index] = issue.path.map(String);
    const which = index === undefined ? "" : `${recipientsOf(recipients ?? "")[Number(index)]}: `;
    errors[field] ??= `${which}${issue.message}`;
  }
  return { ok: false, errors };
}

/** What a form for an existing channel changes: an empty field of a secret leaves it as it is. */
export function changedChannel(values: Record<string, string>): UpdateChannelInput {
  const { recipients, ...others } = values;
  return {
    ...Object.fromEntries(
      Object.entries(others)
        .map(([name, text]) => [name, text.trim()] as const)
        .filter(([name, text]) => text !== "" || name === "name"),
    ),
    ...(recipients === undefined ? {} : { recipients: recipientsOf(recipients) }),
  };
}
