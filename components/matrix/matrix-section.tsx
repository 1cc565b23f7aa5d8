"use client";
import Link from "next/link";
import { environmentHref } from "#components/environments/href.ts";
import { signOf } from "#components/state/state.ts";
import { StateIcon } from "#components/state/state-badge.tsx";
import { plural, shortSha } from "#components/ui/format.ts";
import { Time } from "#components/ui/time.tsx";
import { type Standing, standingsOf, versionOf } from "#lib/matrix/rules.ts";
import type { MatrixCell, MatrixColumn, MatrixRow, MatrixSection } from "#lib/matrix/schemas.ts";
import { columnName, imageNameOf } from "./matrix-sentence.ts";

/** The same in every section, so that environments of one cluster stand below one another. */
const WORKLOAD_PX = 216;
const COLUMN_PX = 178;

type Props = { org: string; section: MatrixSection; firstRow: number };

/**
 * One repository: its workloads as rows, its environments as columns; below 768 px a list per workload. What is far
 * out of view is neither laid out nor painted.
 */
export function SectionView({ org, section, firstRow }: Props) {
  const { repository, columns, rows, moreColumns, moreRows } = section;
  const more = [
    moreColumns > 0 ? plural(moreColumns, "more environment") : "",
    moreRows > 0 ? plural(moreRows, "more row") : "",
  ].filter(Boolean);
  return (
    <section
      aria-label={repository.name}
      className="mb-7 [content-visibility:auto]"
      style={{ containIntrinsicBlockSize: `auto ${70 + rows.length * 45}px` }}
    >
      <h2 className="border-b border-line-strong pb-1.5 font-[550] md:border-0 md:pb-0.5">
        {repository.name}
      </h2>
      <div className="hidden max-h-[max(420px,80dvh)] overflow-auto md:block">
        <Table org={org} columns={columns} rows={rows} firstRow={firstRow} />
      </div>
      <ul className="md:hidden">
        {rows.map((row) => (
          <li key={keyOf(row)} className="border-b border-line py-2.5">
            <Workload row={row} />
            <Lines org={org} row={row} columns={columns} />
          </li>
        ))}
      </ul>
      {more.length > 0 && (
        <p className="py-2 text-sm text-ink-3">
          And {more.join(" and ")}: filter, or choose one repository, to see them.
        </p>
      )}
    </section>
  );
}

const keyOf = (row: MatrixRow) => `${row.kind}/${row.workload}/${row.container}`;

function Table({
  org,
  columns,
  rows,
  firstRow,
}: Omit<Props, "section"> & { columns: MatrixColumn[]; rows: MatrixRow[] }) {
  return (
    <table
      className="table-fixed border-separate border-spacing-0"
      style={{ width: WORKLOAD_PX + columns.length * COLUMN_PX }}
    >
      <thead>
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
          const standings = standingsOf(row, columns);
          const at = new Map(row.cells.map((cell, place) => [cell.environment, place]));
          return (
            <tr
              key={keyOf(row)}
              data-row={firstRow + index}
              tabIndex={-1}
              className="group focus:outline-2 focus:-outline-offset-2 focus:outline-converging"
            >
              <th
                scope="row"
                className="sticky left-0 z-10 border-b border-line bg-paper py-2 pr-4 text-left align-top font-normal group-hover:bg-sunken"
              >
                <Workload row={row} />
              </th>
              {columns.map(({ id }) => {
                const place = at.get(id);
                return (
                  <td key={id} className="border-b border-line py-2 pr-4 align-top group-hover:bg-sunken">
                    {place === undefined ? (
                      <span className="text-ink-3" title="Not in this environment">
                        <span aria-hidden="true">·</span>
                        <span className="sr-only">not here</span>
                      </span>
                    ) : (
                      <Cell cell={row.cells[place]!} standing={standings[place]!} />
                    )}
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
  const image = imageNameOf(row);
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

function Cell({ cell, standing }: { cell: MatrixCell; standing: Standing }) {
  const quiet = standing.is === "same" && !cell.desired;
  return (
    <>
      <span
        className={`mono block max-w-full truncate ${quiet ? "text-ink-2" : "text-ink"}`}
        title={cell.image}
      >
        {versionOf(cell.image)}
      </span>
      <Words cell={cell} standing={standing} />
    </>
  );
}

/** What there is to say of a version; what does not fit beside the rest stands below it. */
function Words({ cell, standing }: { cell: MatrixCell; standing: Standing }) {
  const parts = [
    cell.desired && {
      key: "git",
      className: "font-[550] text-drift",
      title: cell.desired,
      text: `Git says ${versionOf(cell.desired)}`,
    },
    standing.is === "behind" && {
      key: "behind",
      className: "font-[550] text-pending",
      text: `${plural(standing.behind, "version")} behind`,
    },
    standing.is === "newest" && { key: "newest", text: "newest" },
    standing.is === "other" && { key: "other", text: "another image" },
    cell.since && { key: "since", text: <Time at={cell.since} /> },
  ].filter((part) => part !== false && part !== null && part !== "");
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

function Lines({ org, row, columns }: { org: string; row: MatrixRow; columns: MatrixColumn[] }) {
  const standings = standingsOf(row, columns);
  return (
    <ul className="mt-1">
      {row.cells.map((cell, index) => {
        const column = columns.find(({ id }) => id === cell.environment)!;
        return (
          <li key={cell.environment} className="flex items-baseline justify-between gap-3 py-[3px]">
            <Link href={environmentHref(org, column)} className="min-w-0 flex-1 truncate text-ink-2">
              {columnName(column, columns).name}
            </Link>
            <span className="min-w-0 text-right">
              <Cell cell={cell} standing={standings[index]!} />
            </span>
          </li>
        );
      })}
    </ul>
  );
}
