"use client";
import { Link2 } from "lucide-react";
import { createContext, type ReactNode, useContext, useEffect, useRef } from "react";
import type { Sign } from "#components/state/state.ts";
import { StateIcon } from "#components/state/state-badge.tsx";
import { cn } from "#components/ui/cn.ts";
import { useAddress } from "#components/ui/use-address.ts";

/** Which entry a line is, so that it has an address of its own; `asked` where the page's address names it. */
export const EntryContext = createContext<{ id: string; asked: boolean; row?: number } | null>(null);

/** One entry of a history: its shape on the line, what happened, and the rest in small. */
export function HistoryLine({
  sign,
  title,
  children,
}: {
  sign: Sign;
  title: ReactNode;
  children: ReactNode;
}) {
  const entry = useContext(EntryContext);
  const line = useRef<HTMLLIElement>(null);
  const asked = entry?.asked ?? false;
  useEffect(() => {
    if (asked) line.current?.scrollIntoView({ block: "center" });
  }, [asked]);
  return (
    <li
      ref={line}
      data-row={entry?.row}
      tabIndex={entry?.row === undefined ? undefined : -1}
      aria-current={asked || undefined}
      className={cn(
        "group relative grid grid-cols-[16px_minmax(0,1fr)] gap-2 pb-3.5 outline-offset-4 before:absolute before:bottom-[-2px] before:left-[7px] before:top-[18px] before:w-px before:bg-line-strong last:before:hidden",
        asked && "rounded-md bg-note",
      )}
    >
      <StateIcon sign={sign} className="relative mt-[3px] rounded-full bg-paper" />
      <div className="[overflow-wrap:anywhere]">
        {title}
        {entry && <EntryLink id={entry.id} />}
        <div className="text-sm leading-[17px] text-ink-3">{children}</div>
      </div>
    </li>
  );
}

function EntryLink({ id }: { id: string }) {
  const [, change] = useAddress();
  return (
    <a
      href={`?tab=history&entry=${id}`}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        change({ tab: "history", entry: id, object: null }, "push");
      }}
      aria-label="Link to this entry"
      title="Link to this entry"
      className="ml-1.5 inline-block rounded-sm p-0.5 align-middle text-ink-3 opacity-0 hover:text-ink focus-visible:opacity-100 group-hover:opacity-100 group-focus:opacity-100 print:hidden"
    >
      <Link2 size={13} />
    </a>
  );
}
