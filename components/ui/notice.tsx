import type { ReactNode } from "react";
import { cn } from "./cn.ts";

/** What went wrong or is worth knowing, with the next step beside it. */
export function Notice({
  tone = "plain",
  title,
  children,
  action,
  className,
}: {
  tone?: "plain" | "failed" | "drift";
  title?: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
  className?: string;
}) {
  const edge = { plain: "border-l-line-strong", failed: "border-l-failed", drift: "border-l-drift" }[tone];
  return (
    <div
      role={tone === "plain" ? undefined : "alert"}
      className={cn(
        "flex flex-wrap items-start justify-between gap-x-6 gap-y-2 rounded-r-md border border-l-[3px] border-line bg-raised px-4 py-3",
        edge,
        className,
      )}
    >
      <div className="min-w-[min(100%,240px)] flex-1 break-words">
        {title && <p className="font-[550]">{title}</p>}
        {children && <div className="text-ink-2">{children}</div>}
      </div>
      {action}
    </div>
  );
}

/** An empty place that teaches what will stand here. */
export function Empty({
  title,
  children,
  action,
}: {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className="flex flex-col items-start gap-3 border-y border-line py-10">
      <svg width="120" height="16" viewBox="0 0 120 16" aria-hidden="true">
        <path d="M0 8h120" stroke="var(--line-strong)" strokeWidth="1.5" strokeDasharray="3 4" />
      </svg>
      <p className="text-lg font-semibold tracking-[-0.01em]">{title}</p>
      {children && <div className="max-w-[560px] text-ink-2">{children}</div>}
      {action}
    </div>
  );
}

/** A placeholder of the size of what will come. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden="true" className={cn("breathe rounded-md bg-line", className)} />;
}
