"use client";
import { createContext, type ReactNode, useContext } from "react";
import { cn } from "#components/ui/cn.ts";
import { changedPart, type DiffLine } from "./lines.ts";

/** What stands in the margin of a line; null for nothing. */
export type Margin = (line: DiffLine) => ReactNode;

export const LINE_LOOK = {
  same: "text-ink-2",
  hunk: "text-ink-3",
  del: "bg-del text-del-ink",
  add: "bg-add text-add-ink",
} as const;

const SIGN = { same: " ", hunk: " ", del: "−", add: "+" } as const;

/** What the two sides are called where a sign says nothing: to who listens. */
export type Sides = { del: string; add: string };
export const GIT_CLUSTER: Sides = { del: "Git", add: "cluster" };
export const BEFORE_AFTER: Sides = { del: "before", add: "after" };
export const SidesContext = createContext(GIT_CLUSTER);

/** The text of a line behind its sign, with what is other in it than in its opposite marked. */
export function LineText({ line, other }: { line: DiffLine; other?: DiffLine | null | undefined }) {
  const sides = useContext(SidesContext);
  const part = other ? changedPart(line.text, other.text) : null;
  return (
    <>
      <span aria-hidden="true" className="inline-block w-[2ch] select-none">
        {SIGN[line.kind]}
      </span>
      {(line.kind === "del" || line.kind === "add") && <span className="sr-only">{sides[line.kind]}: </span>}
      {part ? (
        <>
          {part[0]}
          <mark className="rounded-sm bg-[color-mix(in_srgb,currentColor_16%,transparent)] text-inherit">
            {part[1]}
          </mark>
          {part[2]}
        </>
      ) : (
        line.text
      )}
    </>
  );
}

/** What the keys n and p walk along: the first line of each difference. */
export const difference = (line: DiffLine, other: DiffLine | null | undefined) =>
  line.change && !(line.kind === "add" && other?.change) ? { "data-difference": "", tabIndex: -1 } : {};

/** "46 lines as in Git": a click shows them. */
export function Fold({ count, onOpen, what }: { count: number; onOpen: () => void; what: string }) {
  return (
    <button
      type="button"
      data-print
      onClick={onOpen}
      className="block w-full py-px pl-[42px] pr-3 text-left leading-[22px] text-ink-3 hover:bg-sunken hover:text-ink focus-visible:outline-offset-[-2px]"
    >
      <span aria-hidden="true" className="inline-block w-[2ch]">
        ⋯
      </span>
      {count} {count === 1 ? "line" : "lines"} {what}
    </button>
  );
}

/** One line of the unified view: its number, its text, and who says so in the margin or, where it is narrow, beneath. */
export function UnifiedLine({
  line,
  other,
  number,
  margin,
  hasMargin,
}: {
  line: DiffLine;
  other?: DiffLine | null | undefined;
  number: number | null;
  margin: ReactNode;
  hasMargin: boolean;
}) {
  return (
    <div
      {...difference(line, other)}
      className={cn(
        "grid scroll-mt-24 focus:outline-2 focus:outline-offset-[-2px] focus:outline-converging",
        hasMargin ? "md:grid-cols-[minmax(0,1fr)_minmax(200px,264px)]" : "grid-cols-1",
      )}
    >
      <div className={cn("grid grid-cols-[42px_minmax(0,1fr)]", LINE_LOOK[line.kind])}>
        <span aria-hidden="true" className="select-none pr-2.5 text-right text-ink-2">
          {number}
        </span>
        <span className="whitespace-pre-wrap pr-3 [overflow-wrap:anywhere]">
          <LineText line={line} other={other} />
        </span>
      </div>
      {hasMargin && (
        <div
          className={cn(
            "min-w-0 border-line bg-raised font-sans text-sm leading-[22px] text-ink-3 max-md:pl-[42px] md:border-l md:px-3",
            !margin && "max-md:hidden",
          )}
        >
          {margin}
        </div>
      )}
    </div>
  );
}
