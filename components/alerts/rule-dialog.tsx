"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { EnvironmentPicker } from "#components/environments/environment-picker.tsx";
import { ALERT_KINDS } from "#components/state/outcomes.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { controlClass, Field } from "#components/ui/field.tsx";
import { Notice } from "#components/ui/notice.tsx";
import type { ChannelRow, EnvironmentName, RuleKind } from "#lib/notifications/schemas.ts";
import { createRule } from "./notification-queries.ts";
import { RULE_KINDS, ruleWords } from "./words.ts";

const FIRST: RuleKind[] = ["diff", "failed", "converged", "agent-silent"];

/** Composes a rule, and reads it back as the sentence it will be. */
export function RuleDialog({
  org,
  channels,
  first,
  onClose,
}: {
  org: string;
  channels: readonly ChannelRow[];
  first: string | null;
  onClose: () => void;
}) {
  const client = useQueryClient();
  const [channelId, setChannelId] = useState(
    (
      channels.find((channel) => channel.id === first) ??
      channels.find((channel) => !channel.disabledAt) ??
      channels[0]!
    ).id,
  );
  const [kinds, setKinds] = useState<readonly RuleKind[]>(FIRST);
  const [every, setEvery] = useState(true);
  const [chosen, setChosen] = useState<EnvironmentName[]>([]);
  const environments = every ? [null] : chosen;
  const create = useMutation({
    mutationFn: async () => {
      for (const environment of environments)
        await createRule(org, { channelId, environmentId: environment?.id ?? null, kinds: [...kinds] });
    },
    onSuccess: onClose,
    onSettled: () => client.invalidateQueries({ queryKey: [org, "notifications"] }),
  });
  const missing =
    kinds.length === 0
      ? "Choose at least one kind."
      : environments.length === 0
        ? "Choose an environment."
        : null;
  const name = channels.find((channel) => channel.id === channelId)?.name;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Add a rule"
      description="Which alerts of which environments go where."
    >
      <form
        method="post"
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (!missing) create.mutate();
        }}
      >
        <Field label="Tell">
          {(attributes) => (
            <select
              {...attributes}
              value={channelId}
              onChange={(event) => setChannelId(event.target.value)}
              className={controlClass}
            >
              {channels.map((channel) => (
                <option key={channel.id} value={channel.id}>
                  {channel.name} ({channel.target}){channel.disabledAt ? ", disabled" : ""}
                </option>
              ))}
            </select>
          )}
        </Field>
        <fieldset>
          <legend className="mb-1 font-[550]">When</legend>
          <div className="mb-1.5 flex gap-4">
            {[true, false].map((all) => (
              <label key={String(all)} className="flex items-center gap-2">
                <input
                  type="radio"
                  name="which"
                  checked={every === all}
                  onChange={() => {
                    setEvery(all);
                    if (!all) setKinds(kinds.filter((kind) => kind !== "audit-anchor"));
                  }}
                  className="accent-ink"
                />
                {all ? "any environment" : "only these"}
              </label>
            ))}
          </div>
          {!every && <EnvironmentPicker org={org} chosen={chosen} onChange={setChosen} />}
        </fieldset>
        <fieldset>
          <legend className="mb-1 font-[550]">Does this</legend>
          <ul className="flex flex-col gap-1">
            {RULE_KINDS.filter((kind) => every || kind !== "audit-anchor").map((kind) => (
              <li key={kind}>
                <label className="flex items-start gap-2">
                  <input
                    type="checkbox"
                    checked={kinds.includes(kind)}
                    onChange={() =>
                      setKinds(kinds.includes(kind) ? kinds.filter((one) => one !== kind) : [...kinds, kind])
                    }
                    className="mt-[3px] accent-ink"
                  />
                  <span>
                    {ALERT_KINDS[kind].does}
                    <span className="block text-sm text-ink-3">{ALERT_KINDS[kind].help}</span>
                  </span>
                </label>
              </li>
            ))}
          </ul>
        </fieldset>
        <p className="rounded-md bg-sunken px-3 py-2 [overflow-wrap:anywhere]" aria-live="polite">
          {missing ?? (
            <>
              Tell <b className="font-[550]">{name}</b> {ruleWords(every ? [] : chosen, kinds)}.
            </>
          )}
        </p>
        {create.isError && <Notice tone="failed" title={create.error.message} />}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" disabled={create.isPending || missing !== null}>
            {create.isPending ? "Adding…" : "Add rule"}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
