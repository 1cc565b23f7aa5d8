"use client";
import { useRouter } from "next/navigation";
import { useAwake } from "#components/ui/awake.ts";
import { Button } from "#components/ui/button.tsx";
import { controlClass, Field, formValues } from "#components/ui/field.tsx";
import { useNow } from "#components/ui/time.tsx";
import { fromLocalInput, toLocalInput } from "#components/ui/until.ts";
import { ranHref } from "./href.ts";

/** Asks what an environment ran at an instant, in the person's zone; the answer has a page of its own. */
export function WhatRanField({
  org,
  environment,
  at,
}: {
  org: string;
  environment: { name: string; cluster: string };
  at?: string;
}) {
  const router = useRouter();
  const now = useNow();
  // The server knows no zone but its own; once awake the control is made anew in the person's.
  const awake = useAwake();
  return (
    <form
      className="mb-5 flex flex-wrap items-end gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        const instant = fromLocalInput(formValues(event.currentTarget).at ?? "");
        if (instant) router.push(ranHref(org, environment, instant.toISOString()));
      }}
    >
      <Field label="What ran at">
        {(attributes) => (
          <input
            {...attributes}
            key={`${at} ${awake}`}
            type="datetime-local"
            name="at"
            required
            step={1}
            // The end of the day: a browser forgets what was half typed when this changes.
            max={toLocalInput(new Date(new Date(now).setHours(23, 59)))}
            defaultValue={at ? localSeconds(at) : ""}
            suppressHydrationWarning
            className={`${controlClass} w-auto`}
          />
        )}
      </Field>
      <Button type="submit">Show</Button>
    </form>
  );
}

/** To the second, so that an instant of the address stands in the field as it is. */
const localSeconds = (at: string) =>
  `${toLocalInput(new Date(at))}:${String(new Date(at).getSeconds()).padStart(2, "0")}`;
