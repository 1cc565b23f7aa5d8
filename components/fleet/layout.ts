import type { FleetGroup } from "#lib/fleet/schemas.ts";

/** Where the groups stand among all lines of the list: a head for each, unless there is only one without a name. */
export type Layout = {
  heads: boolean;
  /** For each group: how many rows come before it. */
  before: number[];
  rows: number;
  lines: number;
};

export function layoutOf(groups: readonly FleetGroup[], heads: boolean): Layout {
  const before: number[] = [];
  let rows = 0;
  for (const { count } of groups) {
    before.push(rows);
    rows += count;
  }
  return { heads, before, rows, lines: rows + (heads ? groups.length : 0) };
}

/** The line at which a group begins: its head, or its first row. */
export const groupLine = ({ heads, before }: Layout, group: number) => before[group]! + (heads ? group : 0);

/** The group that a line belongs to. */
export function groupAt(layout: Layout, line: number): number {
  let low = 0;
  let high = layout.before.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (groupLine(layout, middle) <= line) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The row that stands at a line; null at a group's head. */
export function rowAt(layout: Layout, line: number): number | null {
  const group = groupAt(layout, line);
  const within = line - groupLine(layout, group) - (layout.heads ? 1 : 0);
  return within < 0 ? null : layout.before[group]! + within;
}

/** The line that a row stands at. */
export function lineOf(layout: Layout, row: number): number {
  let group = layout.before.findLastIndex((before) => before <= row);
  if (group < 0) group = 0;
  return row + (layout.heads ? group + 1 : 0);
}

/** The groups that lines `first` to `last` touch, each with the rows of it that do (`to` not included). */
export function spansOf(layout: Layout, groups: readonly FleetGroup[], first: number, last: number) {
  const spans: { group: number; from: number; to: number }[] = [];
  if (layout.lines === 0) return spans;
  const head = layout.heads ? 1 : 0;
  for (let group = groupAt(layout, first); group < groups.length; group += 1) {
    const start = groupLine(layout, group);
    if (start > last) break;
    const { count } = groups[group]!;
    const within = (line: number) => Math.min(count, Math.max(0, line - start - head));
    spans.push({
      group,
      from: layout.before[group]! + within(first),
      to: layout.before[group]! + within(last + 1),
    });
  }
  return spans;
}
