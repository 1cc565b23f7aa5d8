"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { CopyButton } from "#components/ui/copy.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field, TextArea } from "#components/ui/field.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { UntilField } from "#components/ui/until-field.tsx";
import type { EnvironmentDetail } from "#lib/environments/schemas.ts";
import { SuspendInput } from "#lib/suspensions/schemas.ts";
import { suspend } from "./queries.ts";

/** Pauses applies of one environment until a time; or says why only its declaration can. */
export function SuspendDialog({
  org,
  environment,
  onClose,
}: {
  org: string;
  environment: EnvironmentDetail;
  onClose: () => void;
}) {
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Suspend ${environment.name}`}
      description={
        environment.declared.remoteSuspend
          ? "The agent applies nothing until then, neither commits nor repairs. It goes on comparing, and what differs is shown here. It ends by itself."
          : "Only its declaration can."
      }
    >
      {environment.declared.remoteSuspend ? (
        <SuspendForm org={org} environment={environment} onClose={onClose} />
      ) : (
        <Refused name={environment.name} onClose={onClose} />
      )}
    </Dialog>
  );
}

function SuspendForm({
  org,
  environment,
  onClose,
}: {
  org: string;
  environment: EnvironmentDetail;
  onClose: () => void;
}) {
  const client = useQueryClient();
  const [reason, setReason] = useState(environment.suspension?.reason ?? "");
  const [until, setUntil] = useState<Date | null>(() => new Date(Date.now() + 3_600_000));
  const [errors, setErrors] = useState<{ reason?: string; until?: string }>({});
  const ask = useMutation({
    mutationFn: (input: SuspendInput) => suspend(org, environment.id, input),
    onSuccess: onClose,
    onSettled: () => client.invalidateQueries({ queryKey: [org, "environments"] }),
  });
  return (
    <form
      method="post"
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        const parsed = SuspendInput.safeParse({ reason, until: until?.toISOString() ?? "" });
        setErrors(
          parsed.success
            ? {}
            : Object.fromEntries(
                parsed.error.issues.map((issue) => [
                  String(issue.path[0]),
                  issue.path[0] === "until" ? "Say until when." : issue.message,
                ]),
              ),
        );
        if (parsed.success) ask.mutate(parsed.data);
      }}
    >
      <Field
        label="Why"
        hint="Everybody who opens the page reads it; it stands in the audit log, too."
        error={errors.reason ?? null}
      >
        {(attributes) => (
          <TextArea
            {...attributes}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
            placeholder="Incident 7: we are testing a fix by hand"
            maxLength={1000}
          />
        )}
      </Field>
      <UntilField label="Until" value={until} onChange={setUntil} error={errors.until ?? null} />
      {ask.isError && <Notice tone="failed" title={ask.error.message} />}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button look="primary" type="submit" disabled={ask.isPending}>
          {ask.isPending ? "Asking…" : "Suspend"}
        </Button>
      </div>
    </form>
  );
}

function Refused({ name, onClose }: { name: string; onClose: () => void }) {
  const values = `environments:
  - name: ${name}
    suspend:
      reason: why
      owner: who
      until: "2026-12-01T08:00:00Z"
`;
  return (
    <div className="flex flex-col gap-4">
      <Notice title={`The declaration of ${name} says remoteSuspend: false.`}>
        <p>
          So nobody can pause it from here. Suspend it the way everything changes there: by a commit to the
          agent’s Helm values.
        </p>
      </Notice>
      <div className="relative rounded-lg border border-line bg-raised">
        <pre className="overflow-x-auto p-4 pr-10 leading-[20px]">{values}</pre>
        <CopyButton text={values} label="Copy the values" className="absolute right-2 top-2 bg-raised" />
      </div>
      <div className="flex justify-end">
        <Button onClick={onClose}>Close</Button>
      </div>
    </div>
  );
}
