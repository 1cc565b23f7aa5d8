"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { figureQueries, setRetention } from "#components/delivery-figures/queries.ts";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { controlClass, Field, formValues } from "#components/ui/field.tsx";
import { plural } from "#components/ui/format.ts";
import { Waiting } from "#components/ui/waiting.tsx";

const choices = [1, 3, 6, 13, 25, 37, 61, 121];

/** For how long the organization keeps its record, and, for admins, a way to change it. */
export function RetentionForm({ org, mayChange }: { org: string; mayChange: boolean }) {
  const query = useQuery(figureQueries.retention(org));
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: (values: Record<string, string>) => {
      const months = (name: string) => (values[name] === "" ? null : Number(values[name]));
      return setRetention(org, {
        manifestMonths: months("manifestMonths"),
        outcomeMonths: months("outcomeMonths"),
      });
    },
    onSuccess: (kept) => client.setQueryData(figureQueries.retention(org).queryKey, kept),
  });
  const kept = query.data;
  return (
    <>
      {!kept ? (
        <Waiting query={query} rows={1} />
      ) : (
        <form
          key={JSON.stringify(kept)}
          className="flex flex-wrap items-end gap-3"
          onSubmit={(event) => {
            event.preventDefault();
            change.mutate(formValues(event.currentTarget));
          }}
        >
          <Months
            label="Exact manifests"
            name="manifestMonths"
            value={kept.manifestMonths}
            disabled={!mayChange}
          />
          <Months
            label="Syncs, episodes, alerts"
            name="outcomeMonths"
            value={kept.outcomeMonths}
            disabled={!mayChange}
          />
          {mayChange && (
            <Button type="submit" disabled={change.isPending}>
              Keep for so long
            </Button>
          )}
          <p role="status" className={cn("w-full text-sm", change.isError ? "text-failed" : "text-ink-3")}>
            {change.isError
              ? change.error.message
              : change.isSuccess && "Saved; what is older goes within the hour."}
          </p>
        </form>
      )}
    </>
  );
}

function Months({
  label,
  name,
  value,
  disabled,
}: {
  label: string;
  name: string;
  value: number | null;
  disabled: boolean;
}) {
  const offered =
    value === null || choices.includes(value) ? choices : [...choices, value].sort((a, b) => a - b);
  return (
    <Field label={label}>
      {(attributes) => (
        <select
          {...attributes}
          name={name}
          defaultValue={value ?? ""}
          disabled={disabled}
          className={cn(controlClass, "w-auto")}
        >
          {offered.map((months) => (
            <option key={months} value={months}>
              {plural(months, "month")}
            </option>
          ))}
          <option value="">For ever</option>
        </select>
      )}
    </Field>
  );
}
