import { type ComponentProps, type ReactNode, useId } from "react";
import { cn } from "./cn.ts";

/** A labelled control with its hint and its error, wired for screen readers. */
export function Field({
  label,
  hint,
  error,
  children,
}: {
  label: string;
  hint?: ReactNode;
  error?: string | null | undefined;
  children: (attributes: {
    id: string;
    "aria-describedby": string | undefined;
    "aria-invalid": boolean;
  }) => ReactNode;
}) {
  const id = useId();
  const note = error ?? hint;
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="font-[550]">
        {label}
      </label>
      {children({ id, "aria-describedby": note ? `${id}-note` : undefined, "aria-invalid": Boolean(error) })}
      {note && (
        <p id={`${id}-note`} className={cn("text-sm", error ? "text-failed" : "text-ink-3")}>
          {note}
        </p>
      )}
    </div>
  );
}

export const controlClass =
  "w-full rounded-md border border-line-strong bg-raised px-2.5 py-1.5 text-ink placeholder:text-ink-3 aria-[invalid=true]:border-failed";

export function Input({ className, ...props }: ComponentProps<"input">) {
  return <input className={cn(controlClass, className)} {...props} />;
}

export function TextArea({ className, ...props }: ComponentProps<"textarea">) {
  return <textarea className={cn(controlClass, "min-h-16 resize-y", className)} {...props} />;
}

/**
 * What a submitted form holds. Fields are read when they are sent, not kept in state: what was typed
 * before the page's scripts arrived counts too.
 */
export function formValues(form: HTMLFormElement): Record<string, string> {
  return Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
}
