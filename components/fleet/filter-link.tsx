"use client";
import type { ReactNode } from "react";
import { cn } from "#components/ui/cn.ts";
import type { FleetFilter } from "#lib/fleet/rules.ts";
import type { FleetView } from "./use-fleet-filter.ts";

/** A link to another filter of the same page: pressed, it costs no page; opened in a new tab, it is one. */
export function FilterLink({
  view,
  to,
  current,
  chip,
  className,
  style,
  children,
}: {
  view: FleetView;
  to: Partial<FleetFilter>;
  current?: boolean;
  chip?: boolean;
  className?: string;
  style?: React.CSSProperties | undefined;
  children: ReactNode;
}) {
  return (
    <a
      href={view.hrefOf(to)}
      aria-current={current ? "true" : undefined}
      style={style}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        view.show(to);
      }}
      className={cn(chip && chipClass, className)}
    >
      {children}
    </a>
  );
}

export const chipClass =
  "inline-flex items-center gap-1.5 whitespace-nowrap rounded-md border border-line-strong bg-raised px-2.5 py-[3px] text-ink-2 hover:text-ink aria-[current=true]:border-ink aria-[current=true]:font-[550] aria-[current=true]:text-ink";
