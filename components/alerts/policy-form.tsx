"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { DurationField } from "#components/ui/duration-field.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { AlertPolicy, type AlertPolicyView } from "#lib/alerts/schemas.ts";
import { setPolicy } from "./queries.ts";

type Draft = { [Key in keyof AlertPolicy]: number | null };

/** Decides when alerts are told, for the organization or one environment; `null` for the environment is the former. */
export function PolicyForm({
  org,
  environmentId,
  view,
  onDone,
}: {
  org: string;
  environmentId: string | null;
  view: AlertPolicyView;
  onDone: () => void;
}) {
  const client = useQueryClient();
  const [draft, setDraft] = useState<Draft>(view.policy);
  const [reminds, setReminds] = useState(view.policy.remindEveryMs !== null);
  const [errors, setErrors] = useState<Partial<Record<string, string>>>({});
  const save = useMutation({
    mutationFn: (policy: AlertPolicy | null) => setPolicy(org, environmentId, policy),
    onSuccess: onDone,
    onSettled: () => client.invalidateQueries({ queryKey: [org, "alerts"] }),
  });
  const field = (name: keyof AlertPolicy) => ({
    value: draft[name],
    onChange: (ms: number | null) => setDraft({ ...draft, [name]: ms }),
    error: errors[name] ?? null,
  });
  return (
    <form
      method="post"
      noValidate
      className="flex max-w-[520px] flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        const parsed = AlertPolicy.safeParse({
          ...draft,
          remindEveryMs: reminds ? (draft.remindEveryMs ?? Number.NaN) : null,
        });
        setErrors(parsed.success ? {} : errorsOf(parsed.error.issues));
        if (parsed.success) save.mutate(parsed.data);
      }}
    >
      <DurationField
        label="Tell of a difference after"
        hint="What heals by itself sooner is recorded and nobody is bothered."
        {...field("diffAlertAfterMs")}
      />
      <div className="flex flex-col gap-2">
        <label className="flex items-center gap-2">
          <input
            type="checkbox"
            checked={reminds}
            onChange={() => {
              setReminds(!reminds);
              if (!reminds && draft.remindEveryMs === null) setDraft({ ...draft, remindEveryMs: 14_400_000 });
            }}
            className="accent-ink"
          />
          Remind while it lasts
        </label>
        {reminds && (
          <div className="pl-6">
            <DurationField label="Remind every" {...field("remindEveryMs")} />
          </div>
        )}
      </div>
      <DurationField
        label="Converged means no difference for"
        hint="The settle window: an end that does not last is not told as one. At most an hour."
        {...field("settleMs")}
      />
      <DurationField
        label="Tell of a suspension after"
        hint="So that nothing stays paused because it was forgotten."
        {...field("suspendedTooLongMs")}
      />
      {save.isError && <Notice tone="failed" title={save.error.message} />}
      <div className="flex flex-wrap gap-2">
        <Button look="primary" type="submit" disabled={save.isPending}>
          {save.isPending ? "Saving…" : "Save"}
        </Button>
        <Button onClick={onDone}>Cancel</Button>
        {view.own && (
          <Button look="quiet" onClick={() => save.mutate(null)} disabled={save.isPending}>
            {environmentId ? "Follow the organization again" : "Go back to Plumbline’s own"}
          </Button>
        )}
      </div>
    </form>
  );
}

function errorsOf(issues: { path: PropertyKey[]; message: string }[]) {
  return Object.fromEntries(
    issues.map((issue) => [
      String(issue.path[0]),
      issue.message.startsWith("Invalid input") ? "Give a number." : issue.message,
    ]),
  );
}
