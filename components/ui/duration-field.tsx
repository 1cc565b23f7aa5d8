"use client";
import { useState } from "react";
import { cn } from "./cn.ts";
import { splitDuration, UNITS, type Unit } from "./duration-parts.ts";
import { controlClass, Field } from "./field.tsx";

/** A length of time as a number and a unit; answers milliseconds, or null where no number is given. */
export function DurationField({
  label,
  hint,
  value,
  onChange,
  error,
  disabled,
}: {
  label: string;
  hint?: string;
  value: number | null;
  onChange: (ms: number | null) => void;
  error?: string | null;
  disabled?: boolean;
}) {
  const [parts, setParts] = useState(() => splitDuration(value));
  const set = (next: { amount: string; unit: Unit }) => {
    setParts(next);
    const amount = Number(next.amount);
    onChange(next.amount.trim() === "" || !(amount >= 0) ? null : Math.round(amount * UNITS[next.unit]));
  };
  return (
    <Field label={label} hint={hint} error={error}>
      {(attributes) => (
        <span className="flex gap-1.5">
          <input
            {...attributes}
            type="number"
            min={0}
            step="any"
            inputMode="decimal"
            disabled={disabled}
            value={parts.amount}
            onChange={(event) => set({ ...parts, amount: event.target.value })}
            className={cn(controlClass, "w-20")}
          />
          <select
            aria-label={`${label}, unit`}
            disabled={disabled}
            value={parts.unit}
            onChange={(event) => set({ ...parts, unit: event.target.value as Unit })}
            className={cn(controlClass, "w-auto")}
          >
            {Object.keys(UNITS).map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </span>
      )}
    </Field>
  );
}
