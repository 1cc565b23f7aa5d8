"use client";
import { useQueries } from "@tanstack/react-query";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import {
  type CSSProperties,
  type RefObject,
  useEffect,
  useLayoutEffect,
  useMemo,
  useState,
  useSyncExternalStore,
} from "react";
import { useListKeys } from "#components/keyboard/list-keys.ts";
import type { Window } from "#components/plumb-line/windows.ts";
import { FLEET_WINDOW, readFleetFilter } from "#lib/fleet/rules.ts";
import type { FleetRow as Row } from "#lib/fleet/schemas.ts";
import { columns, FleetRow, FleetRowSkeleton } from "./fleet-row.tsx";
import { GroupHead } from "./group-head.tsx";
import { groupLine, layoutOf, lineOf, spansOf } from "./layout.ts";
import { fleetQueries, type ShownFleet } from "./queries.ts";

/** Heights of a row and a group's head in px, at desktop and phone width: the style sheet has the same below. */
const WIDE = { row: 56, head: 46, table: 29 };
const NARROW = { row: 132, head: 46, table: 0 };
const heights =
  "[--head:46px] [--row:132px] [--sticky:45px] [--thead:0px] md:[--sticky:0px] lg:[--row:56px] lg:[--sticky:29px] lg:[--thead:29px]";

const wide = "(min-width: 1024px)";

/**
 * Ten thousand rows of which only those in sight are drawn, and asked for a window at a time. Groups are as high as
 * all their rows, so that their heads stay in sight and leave with them. `seen` learns which rows are drawn.
 */
export function FleetList({
  org,
  fleet,
  window: shownWindow,
  seen,
  list,
}: {
  org: string;
  fleet: ShownFleet;
  window: Window;
  seen: RefObject<readonly string[]>;
  list: RefObject<HTMLTableElement | null>;
}) {
  const { filter, groups } = fleet;
  const { group: by } = useMemo(() => readFleetFilter(new URLSearchParams(filter)), [filter]);
  const layout = useMemo(() => layoutOf(groups, by !== "none"), [groups, by]);
  const isWide = useMedia(wide);
  const size = isWide ? WIDE : NARROW;
  const [margin, setMargin] = useState(0);
  const heads = useMemo(() => new Set(groups.map((_, group) => groupLine(layout, group))), [groups, layout]);
  const virtual = useWindowVirtualizer({
    count: layout.lines,
    estimateSize: (line) => (layout.heads && heads.has(line) ? size.head : size.row),
    overscan: 8,
    scrollMargin: margin,
    // What the server draws, before there is a window.
    initialRect: { width: 1440, height: 900 },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: other heights, other places
  useEffect(() => virtual.measure(), [size, layout]);
  useLayoutEffect(() => {
    const top = list.current ? list.current.getBoundingClientRect().top + scrollY + size.table : 0;
    setMargin((before) => (Math.abs(before - top) < 1 ? before : top));
  });
  const keys = useListKeys<HTMLTableElement>({
    count: layout.rows,
    scrollTo: (row) => virtual.scrollToIndex(lineOf(layout, row), { align: "center" }),
  });
  useEffect(() => {
    keys.current = list.current;
  });

  const lines = virtual.getVirtualItems();
  const spans = spansOf(layout, groups, lines[0]?.index ?? 0, lines.at(-1)?.index ?? 0);
  const rowOf = useRows(org, fleet, spans);
  seen.current = spans.flatMap(({ from, to }) =>
    Array.from({ length: to - from }, (_, n) => rowOf(from + n)?.id ?? []).flat(),
  );
  // Windows that were asked for at different moments may hold the same row.
  const drawn = new Set<string>();
  const keyOf = ({ id }: Row, index: number) => {
    if (drawn.has(id)) return `${id} ${index}`;
    drawn.add(id);
    return id;
  };
  return (
    <table
      ref={list}
      aria-label="Environments"
      aria-rowcount={layout.rows + 1}
      className={`relative block ${heights}`}
      style={{ height: place(layout.rows, layout.heads ? groups.length : 0) }}
    >
      <thead className="block bg-paper max-lg:sr-only lg:sticky lg:top-0 lg:z-20 lg:h-[var(--sticky)]">
        <tr className={`border-b border-line py-1.5 text-left text-xs text-ink-3 ${columns}`}>
          {[
            "Environment",
            "State",
            `Git above, cluster below, ${shownWindow.words}`,
            "Revision",
            "What differs",
          ].map((name) => (
            <th key={name} scope="col" className="truncate font-medium" title={name}>
              {name}
            </th>
          ))}
          <th scope="col" className="text-right font-medium" title="Commit to converged">
            Lead time
          </th>
        </tr>
      </thead>
      {spans.map(({ group, from, to }) => {
        const one = groups[group]!;
        const before = layout.before[group]!;
        return (
          <tbody
            key={one.key}
            className="absolute inset-x-0 block"
            style={{
              top: place(before, layout.heads ? group : 0),
              height: `calc(${one.count} * var(--row) + ${layout.heads ? 1 : 0} * var(--head))`,
            }}
          >
            {layout.heads && <GroupHead org={org} by={by} group={one} />}
            {Array.from({ length: to - from }, (_, n) => {
              const index = from + n;
              const row = rowOf(index);
              const above = n === 0 ? from - before : 0;
              return row ? (
                <FleetRow
                  key={keyOf(row, index)}
                  org={org}
                  row={row}
                  index={index}
                  above={above}
                  windowMs={shownWindow.ms}
                  withCluster={by !== "cluster"}
                />
              ) : (
                <FleetRowSkeleton key={index} index={index} above={above} />
              );
            })}
          </tbody>
        );
      })}
    </table>
  );
}

/** Below the table's head and so many rows and heads of groups, at any width. */
const place = (rows: number, heads: number): CSSProperties["height"] =>
  `calc(var(--thead) + ${rows} * var(--row) + ${heads} * var(--head))`;

/** Finds a row by its place; the windows that hold the rows in sight are asked for. */
function useRows(
  org: string,
  { filter, rows }: ShownFleet,
  spans: { from: number; to: number }[],
): (index: number) => Row | undefined {
  const first = Math.floor((spans[0]?.from ?? 0) / FLEET_WINDOW);
  const last = Math.floor(Math.max(0, (spans.at(-1)?.to ?? 0) - 1) / FLEET_WINDOW);
  const later: number[] = [];
  for (let window = Math.max(1, first); window <= last; window += 1) later.push(window);
  const queries = useQueries({
    queries: later.map((window) => fleetQueries.rows(org, filter, window * FLEET_WINDOW)),
  });
  return (index) => {
    const window = Math.floor(index / FLEET_WINDOW);
    const found = window === 0 ? rows : queries[later.indexOf(window)]?.data?.rows;
    return found?.[index % FLEET_WINDOW];
  };
}

function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const media = matchMedia(query);
      media.addEventListener("change", listener);
      return () => media.removeEventListener("change", listener);
    },
    () => matchMedia(query).matches,
    () => true,
  );
}
