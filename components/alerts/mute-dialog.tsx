"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { EnvironmentPicker } from "#components/environments/environment-picker.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field, TextArea } from "#components/ui/field.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { UntilField } from "#components/ui/until-field.tsx";
import { CreateMuteInput } from "#lib/alerts/schemas.ts";
import type { EnvironmentName } from "#lib/notifications/schemas.ts";
import { createMute } from "./queries.ts";
import { subjectOf } from "./words.ts";

/** Silences messages about one environment, or about any, until a time; `about` leaves nothing to choose. */
export function MuteDialog({
  org,
  about,
  onClose,
}: {
  org: string;
  about?: EnvironmentName;
  onClose: () => void;
}) {
  const client = useQueryClient();
  const [every, setEvery] = useState(true);
  const [chosen, setChosen] = useState<EnvironmentName[]>(about ? [about] : []);
  const [reason, setReason] = useState("");
  const [until, setUntil] = useState<Date | null>(() => new Date(Date.now() + 3_600_000));
  const [errors, setErrors] = useState<Partial<Record<string, string>>>({});
  const environment = about ?? (every ? null : chosen[0]);
  const create = useMutation({
    mutationFn: (input: CreateMuteInput) => createMute(org, input),
    onSuccess: onClose,
    onSettled: () => client.invalidateQueries({ queryKey: [org, "alerts"] }),
  });
  const submit = () => {
    const parsed = CreateMuteInput.safeParse({
      environmentId: environment?.id ?? null,
      reason,
      until: until?.toISOString() ?? "",
    });
    const found = parsed.success
      ? {}
      : Object.fromEntries(parsed.error.issues.map((issue) => [String(issue.path[0]), issue.message]));
    setErrors({
      ...found,
      ...(found.until ? { until: "Say until when." } : {}),
      ...(environment === undefined ? { environment: "Choose an environment." } : {}),
    });
    if (parsed.success && environment !== undefined) create.mutate(parsed.data);
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={about ? `Mute ${subjectOf(about)}` : "Mute alerts"}
      description="Nobody is told until then. Alerts are still recorded, and the environment is compared and converged as ever."
    >
      <form
        method="post"
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        {!about && (
          <fieldset>
            <legend className="mb-1 font-[550]">About</legend>
            <div className="mb-1.5 flex gap-4">
              {[true, false].map((all) => (
                <label key={String(all)} className="flex items-center gap-2">
                  <input
                    type="radio"
                    name="which"
                    checked={every === all}
                    onChange={() => setEvery(all)}
                    className="accent-ink"
                  />
                  {all ? "every environment" : "one environment"}
                </label>
              ))}
            </div>
            {!every && <EnvironmentPicker org={org} single chosen={chosen} onChange={setChosen} />}
            {errors.environment && <p className="text-sm text-failed">{errors.environment}</p>}
          </fieldset>
        )}
        <UntilField label="Until" value={until} onChange={setUntil} error={errors.until ?? null} />
        <Field label="Why" hint="Stands beside the mute and in the audit log." error={errors.reason}>
          {(attributes) => (
            <TextArea
              {...attributes}
              value={reason}
              onChange={(event) => setReason(event.target.value)}
              placeholder="Migration of the database, announced in #ops"
              maxLength={1000}
            />
          )}
        </Field>
        {create.isError && <Notice tone="failed" title={create.error.message} />}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" disabled={create.isPending}>
            {create.isPending ? "Muting…" : "Mute"}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
