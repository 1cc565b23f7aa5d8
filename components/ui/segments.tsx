import { cn } from "./cn.ts";

/** A few ways to see the same, one of them chosen. */
export function Segments<V extends string>({
  label,
  value,
  options,
  onChange,
  className,
}: {
  label: string;
  value: V;
  options: readonly (readonly [V, string])[];
  onChange: (value: V) => void;
  className?: string;
}) {
  return (
    <div role="group" aria-label={label} className={cn("flex gap-1 print:hidden", className)}>
      {options.map(([option, words]) => (
        <button
          key={option}
          type="button"
          aria-pressed={value === option}
          onClick={() => onChange(option)}
          className="whitespace-nowrap rounded-sm px-1.5 text-sm text-ink-3 hover:text-ink aria-pressed:bg-sunken aria-pressed:font-[550] aria-pressed:text-ink"
        >
          {words}
        </button>
      ))}
    </div>
  );
}
