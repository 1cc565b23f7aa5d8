"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { CopyButton } from "#components/ui/copy.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { formValues } from "#components/ui/field.tsx";
import { plural } from "#components/ui/format.ts";
import { Notice } from "#components/ui/notice.tsx";
import {
  ChannelKind,
  type ChannelRow,
  type CreateChannelResult,
  type RuleRow,
} from "#lib/notifications/schemas.ts";
import { ChannelFields } from "./channel-fields.tsx";
import { changedChannel, newChannel } from "./channel-input.ts";
import { useChannelTest } from "./channel-test.tsx";
import { createChannel, deleteChannel, updateChannel } from "./notification-queries.ts";
import { CHANNEL_WORDS } from "./words.ts";

type Errors = Partial<Record<string, string>>;

/** Makes a channel of one kind, then shows its signing secret this once and offers a test. */
export function NewChannelDialog({
  org,
  kind: first,
  onClose,
}: {
  org: string;
  kind: ChannelKind;
  onClose: () => void;
}) {
  const client = useQueryClient();
  const [kind, setKind] = useState(first);
  const [errors, setErrors] = useState<Errors>({});
  const create = useMutation({
    mutationFn: (input: Parameters<typeof createChannel>[1]) => createChannel(org, input),
    onSuccess: () => client.invalidateQueries({ queryKey: [org, "notifications"] }),
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={create.data ? `${create.data.channel.name} is there` : "Add a channel"}
      description={
        create.data
          ? "Nothing goes there until a rule says so."
          : "A channel is a place where people read. Rules then say which alerts go there."
      }
    >
      {create.data ? (
        <Made org={org} made={create.data} onClose={onClose} />
      ) : (
        <form
          method="post"
          noValidate
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            const parsed = newChannel(kind, formValues(event.currentTarget));
            setErrors(parsed.ok ? {} : parsed.errors);
            if (parsed.ok) create.mutate(parsed.input);
          }}
        >
          <fieldset>
            <legend className="mb-1 font-[550]">Kind</legend>
            <div className="grid grid-cols-2 gap-1.5">
              {ChannelKind.options.map((name) => (
                <label
                  key={name}
                  className={cn(
                    "flex items-center gap-2 rounded-md border px-2.5 py-1.5 has-focus-visible:outline-2 has-focus-visible:outline-converging",
                    kind === name ? "border-ink bg-raised font-[550]" : "border-line-strong text-ink-2",
                  )}
                >
                  <input
                    type="radio"
                    name="kind"
                    value={name}
                    checked={kind === name}
                    onChange={() => {
                      setKind(name);
                      setErrors({});
                    }}
                    className="accent-ink"
                  />
                  {CHANNEL_WORDS[name]}
                </label>
              ))}
            </div>
          </fieldset>
          <ChannelFields kind={kind} errors={errors} />
          {create.isError && <Notice tone="failed" title={create.error.message} />}
          <div className="flex justify-end gap-2">
            <Button onClick={onClose}>Cancel</Button>
            <Button look="primary" type="submit" disabled={create.isPending}>
              {create.isPending ? "Adding…" : "Add channel"}
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  );
}

function Made({ org, made, onClose }: { org: string; made: CreateChannelResult; onClose: () => void }) {
  const { channel, signingSecret } = made;
  const test = useChannelTest(org, channel.id, channel.name);
  return (
    <div className="flex flex-col gap-4">
      {signingSecret && (
        <div>
          <p className="mb-1 font-[550]">Signing secret</p>
          <div className="relative rounded-lg border border-line bg-raised p-3 pr-10">
            <code data-testid="signing-secret" className="[overflow-wrap:anywhere]">
              {signingSecret}
            </code>
            <CopyButton
              text={signingSecret}
              label="Copy the signing secret"
              className="absolute right-2 top-2 bg-raised"
            />
          </div>
          <p className="mt-1 text-sm text-ink-3">
            Shown this once. Your receiver checks each request with it; without it, anybody could pretend.
          </p>
        </div>
      )}
      {test.result}
      <div className="flex flex-wrap justify-between gap-2">
        {test.button}
        <span className="flex gap-2">
          <Button onClick={onClose}>Close</Button>
          <Button look="primary" asChild>
            <Link href={`/${org}/alerts/rules?channel=${channel.id}`} onClick={onClose}>
              Say what goes there…
            </Link>
          </Button>
        </span>
      </div>
    </div>
  );
}

/** Changes a channel; what is secret is written, never read. */
export function EditChannelDialog({
  org,
  channel,
  onClose,
}: {
  org: string;
  channel: ChannelRow;
  onClose: () => void;
}) {
  const client = useQueryClient();
  const update = useMutation({
    mutationFn: (values: Record<string, string>) => updateChannel(org, channel.id, changedChannel(values)),
    onSuccess: () => {
      onClose();
      return client.invalidateQueries({ queryKey: [org, "notifications"] });
    },
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Edit ${channel.name}`}
      description={`${CHANNEL_WORDS[channel.kind]}, to ${channel.target}.`}
    >
      <form
        method="post"
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          update.mutate(formValues(event.currentTarget));
        }}
      >
        <ChannelFields kind={channel.kind} channel={channel} errors={{}} />
        {update.isError && <Notice tone="failed" title={update.error.message} />}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" disabled={update.isPending}>
            {update.isPending ? "Saving…" : "Save"}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** Takes a channel away, with its rules and its log. */
export function RemoveChannelDialog({
  org,
  channel,
  rules,
  onClose,
}: {
  org: string;
  channel: ChannelRow;
  rules: RuleRow[];
  onClose: () => void;
}) {
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => deleteChannel(org, channel.id),
    onSuccess: () => client.invalidateQueries({ queryKey: [org, "notifications"] }),
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Remove ${channel.name}?`}
      description={`${rules.length > 0 ? `Its ${plural(rules.length, "rule")} and its log` : "Its log"} of deliveries go with it. To pause it, disable it instead.`}
    >
      {remove.isError && <Notice tone="failed" className="mb-3" title={remove.error.message} />}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Keep it</Button>
        <Button look="danger" onClick={() => remove.mutate()} disabled={remove.isPending}>
          {remove.isPending ? "Removing…" : "Remove it"}
        </Button>
      </div>
    </Dialog>
  );
}
