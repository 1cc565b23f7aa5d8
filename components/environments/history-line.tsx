import type { ReactNode } from "react";
import type { Sign } from "#components/state/state.ts";
import { StateIcon } from "#components/state/state-badge.tsx";

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
  return (
    <li className="relative grid grid-cols-[16px_minmax(0,1fr)] gap-2 pb-3.5 before:absolute before:bottom-[-2px] before:left-[7px] before:top-[18px] before:w-px before:bg-line-strong last:before:hidden">
      <StateIcon sign={sign} className="relative mt-[3px] bg-paper" />
      <div className="[overflow-wrap:anywhere]">
        {title}
        <div className="text-sm leading-[17px] text-ink-3">{children}</div>
      </div>
    </li>
  );
}
