"use client";
import { useState } from "react";
import { cn } from "./cn.ts";
import { controlClass, Field } from "./field.tsx";
import { duration } from "./format.ts";
import { useNow } from "./time.tsx";
import { fromLocalInput, toLocalInput, untilPresets } from "./until.ts";

/** When something ends: one press for the usual ends, and the exact time in the person's zone. */
export function UntilField({
  label,
  value,
  onChange,
  error,
}: {
  label: string;
  value: Date | null;
  onChange: (value: Date | null) => void;
  error?: string | null;
}) {
  const now = useNow();
  const [presets] = useState(() => untilPresets(new Date()));
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const ahead = value ? value.getTime() - now : 0;
  return (
    <div className="flex flex-col gap-1.5">
      <Field
        label={label}
        error={error ?? (value && ahead <= 0 ? "That has passed already; choose a later time." : null)}
        hint={
          value ? `${zone}, ${duration(Math.round(ahead / 60_000) * 60_000)} from now` : `Your time, ${zone}`
        }
      >
        {(attributes) => (
          <input
            {...attributes}
            type="datetime-local"
            value={value ? toLocalInput(value) : ""}
            min={toLocalInput(new Date(now))}
            onChange={(event) => onChange(fromLocalInput(event.target.value))}
            className={cn(controlClass, "w-auto max-w-[240px]")}
          />
        )}
      </Field>
      <div role="group" aria-label={`${label}, usual ends`} className="flex flex-wrap gap-1.5">
        {presets.map((preset) => (
          <button
            key={preset.name}
            type="button"
            aria-pressed={value !== null && toLocalInput(value) === toLocalInput(preset.at)}
            onClick={() => onChange(preset.at)}
            className="rounded-md border border-line-strong bg-raised px-2 py-[3px] text-sm text-ink-2 hover:text-ink aria-pressed:border-ink aria-pressed:font-[550] aria-pressed:text-ink"
          >
            {preset.name}
          </button>
        ))}
      </div>
    </div>
  );
}
