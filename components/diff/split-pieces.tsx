"use client";
import { cn } from "#components/ui/cn.ts";
import { difference, LINE_LOOK, LineText, type Margin } from "./diff-line.tsx";
import { type DiffLine, pairsOf } from "./lines.ts";

/** Git at the left, the cluster at the right; who says so stands beneath each differing line. */
export function SplitLines({ lines, margin }: { lines: DiffLine[]; margin?: Margin | undefined }) {
  return pairsOf(lines).map(({ git, cluster }, index) => (
    <div key={index} className="grid grid-cols-2">
      <Side line={git} other={cluster} side="git" margin={margin} />
      <Side line={cluster} other={git} side="cluster" margin={margin} />
    </div>
  ));
}

function Side({
  line,
  other,
  side,
  margin,
}: {
  line: DiffLine | null;
  other: DiffLine | null;
  side: "git" | "cluster";
  margin: Margin | undefined;
}) {
  const edge = side === "cluster" && "border-l border-line";
  if (!line) return <div className={cn("bg-sunken", edge)} />;
  const isOfBoth = line.kind === "same";
  // What agrees is said of once, on the cluster's side.
  const who = isOfBoth && side === "git" ? null : margin?.(line);
  return (
    <div
      {...difference(line, isOfBoth ? null : other)}
      className={cn(
        "grid min-w-0 scroll-mt-24 grid-cols-[36px_minmax(0,1fr)] focus:outline-2 focus:outline-offset-[-2px] focus:outline-converging max-md:grid-cols-1",
        LINE_LOOK[line.kind],
        edge,
      )}
    >
      <span aria-hidden="true" className="select-none pr-2 text-right text-ink-2 max-md:hidden">
        {side === "git" ? line.git : line.cluster}
      </span>
      <span className="whitespace-pre-wrap pr-2 [overflow-wrap:anywhere] max-md:pl-2">
        <LineText line={line} other={isOfBoth ? null : other} />
        {who && <span className="block pl-[2ch] font-sans text-sm text-ink-2">{who}</span>}
      </span>
    </div>
  );
}
