"use client";
import { useMemo } from "react";
import { SIGNS, signOf } from "#components/state/state.ts";
import { StateIcon } from "#components/state/state-badge.tsx";
import type { EnvironmentDetail, ResourceRow } from "#lib/environments/schemas.ts";
import { graphOf, inDrawingOrder } from "./graph-layout.ts";

const ROW = 46;
const BOX = { width: 212, height: 38 };
const GAP = 56;

/** From the environment over its objects to what they made; what is off is coloured, and so is the way to it. */
export function ResourceGraph({
  environment,
  objects,
  onOpen,
}: {
  environment: EnvironmentDetail;
  objects: readonly ResourceRow[];
  onOpen: (key: string) => void;
}) {
  const graph = useMemo(
    () => graphOf(environment.name, signOf(environment.state, environment.causes), objects),
    [environment, objects],
  );
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const columns = Math.max(...graph.nodes.map(({ column }) => column)) + 1;
  const left = (column: number) => column * (BOX.width + GAP);
  const top = (y: number) => y * ROW + 4;
  return (
    <div className="overflow-x-auto pb-3">
      <div
        className="relative"
        style={{ width: columns * (BOX.width + GAP) - GAP, height: graph.rows * ROW + 8 }}
      >
        <svg aria-hidden="true" className="absolute inset-0 size-full overflow-visible">
          {inDrawingOrder(graph.edges).map(({ from, to, sign }) => {
            const [a, b] = [byId.get(from)!, byId.get(to)!];
            const x0 = left(a.column) + BOX.width;
            const x1 = left(b.column);
            const [y0, y1] = [top(a.y) + BOX.height / 2, top(b.y) + BOX.height / 2];
            return (
              <path
                key={to}
                d={`M${x0} ${y0}C${x0 + GAP / 2} ${y0} ${x1 - GAP / 2} ${y1} ${x1} ${y1}`}
                fill="none"
                stroke={sign === "converged" ? "var(--line-strong)" : SIGNS[sign].color}
                strokeWidth={sign === "converged" ? 1 : 1.5}
              />
            );
          })}
        </svg>
        <ul aria-label="Objects and what they made">
          {graph.nodes.map((node) => {
            const box = (
              <>
                <StateIcon sign={node.sign} className="mt-[3px]" />
                <span className="min-w-0">
                  <span className="block truncate font-[550]" title={node.title}>
                    {node.title}
                  </span>
                  <span className="block truncate text-xs text-ink-3">
                    {node.sub}
                    <span className="sr-only">, {SIGNS[node.sign].word}</span>
                  </span>
                </span>
              </>
            );
            const look =
              "absolute grid grid-cols-[16px_minmax(0,1fr)] gap-1.5 overflow-hidden rounded-md border border-line bg-raised px-2 text-left leading-[18px]";
            const style = {
              ...{ left: left(node.column), top: top(node.y), width: BOX.width, height: BOX.height },
              ...(node.sign === "converged" ? {} : { borderColor: SIGNS[node.sign].color }),
            };
            return (
              <li key={node.id}>
                {node.object === null ? (
                  <span className={look} style={style}>
                    {box}
                  </span>
                ) : (
                  <button
                    type="button"
                    className={`${look} hover:bg-sunken`}
                    style={style}
                    onClick={() => node.object && onOpen(node.object)}
                  >
                    {box}
                  </button>
                )}
              </li>
            );
          })}
        </ul>
      </div>
      {graph.left > 0 && (
        <p className="pt-2 text-ink-3">and {graph.left} more: narrow the list to see them here.</p>
      )}
    </div>
  );
}
