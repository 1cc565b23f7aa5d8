"use client";
import Link from "next/link";
import { type CSSProperties, useDeferredValue } from "react";
import { environmentHref } from "#components/environments/href.ts";
import { signOf } from "#components/state/state.ts";
import { StateIcon } from "#components/state/state-badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { plural, shortSha } from "#components/ui/format.ts";
import { Time } from "#components/ui/time.tsx";
import { columnName, MOST_COLUMNS, versionOf } from "#lib/matrix/rules.ts";
import type { MatrixCell, MatrixColumn, MatrixRow, MatrixSection } from "#lib/matrix/schemas.ts";

/** The same in every section, so that environments of one cluster stand below one another. */
const WORKLOAD_PX = 216;
const COLUMN_PX = 178;
const atFirst = 6;

type Props = { org: string; section: MatrixSection; firstRow: number; go: (from: number) => void };

/**
 * One repository: its workloads as rows, its environments as columns; below 768 px the cells of a row stand below one
 * another, each with its environment. What is far out of view is neither laid out nor painted.
 */
export function SectionView({ org, section, firstRow, go }: Props) {
  const { repository, rows } = section;
  return (
    <section
      aria-label={repository.name}
      className="mb-7 [content-visibility:auto]"
      style={{ containIntrinsicBlockSize: `auto ${70 + rows.length * 45}px` }}
    >
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 border-b border-line-strong pb-1.5 md:border-0 md:pb-0.5">
        <h2 className="font-[550]">{repository.name}</h2>
        <OtherEnvironments section={section} go={go} />
      </div>
      <div className="md:max-h-[max(420px,80dvh)] md:overflow-auto">
        <Table org={org} section={section} firstRow={firstRow} />
      </div>
    </section>
  );
}

/** Where a repository has more environments than columns fit: which these are, and the way to the others. */
export function OtherEnvironments({ section, go }: Pick<Props, "section" | "go">) {
  const { environments, from, columns } = section;
  if (environments <= columns.length) return null;
  const next = from + columns.length;
  return (
    <p className="flex items-center gap-1 text-sm text-ink-3">
      <span className="pr-1">
        Environments {from + 1} to {next} of {environments}
      </span>
      <Button look="quiet" disabled={from === 0} onClick={() => go(Math.max(0, from - MOST_COLUMNS))}>
        Previous
      </Button>
      <Button look="quiet" disabled={next >= environments} onClick={() => go(next)}>
        Next
      </Button>
    </p>
  );
}

const keyOf = (row: MatrixRow) => `${row.kind}/${row.workload}/${row.container}`;

function Table({ org, section, firstRow }: Omit<Props, "go">) {
  // What stands on a screen is drawn at once; the rest right after, without holding up what is pressed. The section as
  // a whole: its rows say their images and columns by places in it.
  const { columns, images, rows } = useDeferredValue(section, {
    ...section,
    rows: section.rows.slice(0, atFirst),
  });
  const names = columns.map((column) => columnName(column, columns).name);
  return (
    <table
      className="border-separate border-spacing-0 max-md:block max-md:[&_:is(tbody,tr,th)]:block md:w-(--wide) md:table-fixed [&_tbody_tr]:border-line max-md:[&_tbody_tr]:border-b max-md:[&_tbody_tr]:py-2.5 md:[&_td]:border-b md:[&_td]:border-line md:[&_td]:py-2 md:[&_td]:pr-4 md:[&_td]:align-top md:[&_tr:hover_:is(td,th)]:bg-sunken"
      style={{ "--wide": `${WORKLOAD_PX + columns.length * COLUMN_PX}px` } as CSSProperties}
    >
      <thead className="max-md:hidden">
        <tr className="text-left align-bottom">
          <th
            scope="col"
            className="sticky left-0 top-0 z-20 border-b border-line-strong bg-paper py-1.5 pr-4 text-xs font-medium text-ink-3"
            style={{ width: WORKLOAD_PX }}
          >
            Workload
          </th>
          {columns.map((column) => (
            <ColumnHead key={column.id} org={org} column={column} columns={columns} />
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => {
          const at = new Map(row.cells.map((cell) => [cell.column, cell]));
          return (
            <tr
              key={keyOf(row)}
              data-row={firstRow + index}
              tabIndex={-1}
              className="focus:outline-2 focus:-outline-offset-2 focus:outline-converging"
            >
              <th
                scope="row"
                className="left-0 z-10 text-left font-normal md:sticky md:border-b md:border-line md:bg-paper md:py-2 md:pr-4 md:align-top"
              >
                <Workload row={row} />
              </th>
              {columns.map((column, place) => {
                const cell = at.get(place);
                return cell === undefined ? (
                  <td key={column.id} className="text-ink-3 max-md:hidden" title="Not in this environment">
                    <span aria-hidden="true">·</span>
                    <span className="sr-only">not here</span>
                  </td>
                ) : (
                  <td
                    key={column.id}
                    className="max-md:flex max-md:items-baseline max-md:justify-between max-md:gap-3 max-md:py-[3px] max-md:text-right"
                  >
                    <Link
                      href={environmentHref(org, column)}
                      className="min-w-0 flex-1 truncate text-left text-ink-2 md:hidden"
                    >
                      {names[place]}
                    </Link>
                    <div className="min-w-0">
                      <Cell cell={cell} images={images} />
                    </div>
                  </td>
                );
              })}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function ColumnHead({
  org,
  column,
  columns,
}: {
  org: string;
  column: MatrixColumn;
  columns: MatrixColumn[];
}) {
  const { name, under } = columnName(column, columns);
  return (
    <th
      scope="col"
      className="sticky top-0 z-10 border-b border-line-strong bg-paper py-1.5 pr-4 font-normal"
    >
      <Link
        href={environmentHref(org, column)}
        className="flex items-center gap-1.5 font-[550] hover:underline"
      >
        <StateIcon sign={signOf(column.state, column.causes)} size={13} />
        <span className="truncate">{name}</span>
      </Link>
      <span className="block truncate text-xs text-ink-3">
        {under && `${under}, `}
        {column.revision ? (
          <span className="mono text-xs">{shortSha(column.revision)}</span>
        ) : (
          "nothing compared yet"
        )}
        {column.committedAt && (
          <>
            {" "}
            <Time at={column.committedAt} />
          </>
        )}
      </span>
    </th>
  );
}

function Workload({ row }: { row: MatrixRow }) {
  const image = row.name;
  return (
    <>
      <span className="flex items-baseline gap-1.5">
        <span className="truncate font-[550]" title={`${row.kind} ${row.workload}`}>
          {row.workload}
        </span>
        {row.container !== row.workload && <span className="truncate text-ink-3">{row.container}</span>}
      </span>
      <span
        className="mono block truncate text-xs text-ink-3"
        title={`${row.kind}, ${image || "several images"}`}
      >
        {image || "several images"}
      </span>
    </>
  );
}

function Cell({ cell, images }: { cell: MatrixCell; images: string[] }) {
  const image = images[cell.image] ?? "";
  const desired = cell.desired === undefined ? null : (images[cell.desired] ?? "");
  const isQuiet = cell.behind === undefined && !cell.other && desired === null;
  return (
    <>
      <span className={`mono block max-w-full truncate ${isQuiet ? "text-ink-2" : "text-ink"}`} title={image}>
        {versionOf(image)}
      </span>
      <Words cell={cell} desired={desired} />
    </>
  );
}

/** What there is to say of a version; what does not fit beside the rest stands below it. */
function Words({ cell, desired }: { cell: MatrixCell; desired: string | null }) {
  const { behind = null, since } = cell;
  const parts = [
    desired !== null && {
      key: "git",
      className: "font-[550] text-drift",
      title: desired,
      text: `Git says ${versionOf(desired)}`,
    },
    behind !== null &&
      behind > 0 && {
        key: "behind",
        className: "font-[550] text-pending",
        text: `${plural(behind, "version")} behind`,
      },
    behind === 0 && { key: "newest", text: "newest" },
    cell.other && { key: "other", text: "another image" },
    since && { key: "since", text: <Time at={since} /> },
  ].filter((part) => typeof part === "object");
  return (
    <span className="flex flex-wrap justify-end gap-x-1 text-xs text-ink-3 md:justify-start">
      {parts.map(({ key, text, ...how }, index) => (
        <span key={key} className="max-w-full truncate">
          <span {...how}>{text}</span>
          {index < parts.length - 1 && ","}
        </span>
      ))}
    </span>
  );
}
