"use client";
import Link from "next/link";
import { Fragment, useState } from "react";
import { PlumbLine } from "#components/plumb-line/plumb-line.tsx";
import { fittingWindow } from "#components/plumb-line/windows.ts";
import { signOf } from "#components/state/state.ts";
import { StateBadge } from "#components/state/state-badge.tsx";
import { duration, shortSha } from "#components/ui/format.ts";
import { Time, useNow } from "#components/ui/time.tsx";
import type { EnvironmentRow } from "#lib/environments/schemas.ts";
import { environmentHref } from "./href.ts";

/** Environments grouped by cluster; at phone width a list of sentences with the line beneath each. */
export function EnvironmentTable({ org, rows }: { org: string; rows: EnvironmentRow[] }) {
  const now = useNow();
  // One window for all lines, so that they can be compared; it does not move while the page is open.
  const [window] = useState(() =>
    fittingWindow(
      rows.flatMap((row) => row.episodes),
      now,
    ),
  );
  const groups = Map.groupBy(rows, (row) => row.cluster.id);
  return (
    <table className="block w-full border-collapse md:table">
      <thead className="max-md:sr-only">
        <tr className="border-b border-line text-left text-xs text-ink-3">
          {[
            "Environment",
            "State",
            `Git above, cluster below, ${window.words}`,
            "Revision",
            "What differs",
          ].map((name) => (
            <th key={name} scope="col" className="py-1.5 pr-3 font-medium">
              {name}
            </th>
          ))}
          <th scope="col" className="py-1.5 pr-1.5 text-right font-medium">
            Commit to converged
          </th>
        </tr>
      </thead>
      <tbody className="max-md:block">
        {[...groups].map(([id, group]) => (
          <Fragment key={id}>
            <tr className="max-md:block">
              <th
                colSpan={6}
                scope="rowgroup"
                className="block border-b border-line-strong pb-1.5 pt-[18px] text-left text-sm font-normal text-ink-3 md:table-cell"
              >
                <Link href={`/${org}/clusters/${id}`} className="mr-2 font-[550] text-ink hover:underline">
                  {group[0]!.cluster.name}
                </Link>
                <Heard rows={group} />
              </th>
            </tr>
            {group.map((row) => (
              <Row key={row.id} org={org} row={row} windowMs={window.ms} />
            ))}
          </Fragment>
        ))}
      </tbody>
    </table>
  );
}

/** How a cluster's agent is heard. A time stands here only where nothing is known: what is well is quiet. */
function Heard({ rows }: { rows: EnvironmentRow[] }) {
  const { agentVersion, lastSeenAt } = rows[0]!.cluster;
  if (!lastSeenAt) return <>its agent has not been heard yet</>;
  if (rows.some((row) => row.state !== "Unknown")) return <>agent {agentVersion}</>;
  return (
    <>
      agent {agentVersion}, last heard <Time at={lastSeenAt} />
    </>
  );
}

const cell = "max-md:block md:py-[9px] md:pr-3 md:align-middle";

function Row({ org, row, windowMs }: { org: string; row: EnvironmentRow; windowMs: number }) {
  const sign = signOf(row.state, row.causes);
  return (
    <tr className="relative border-b border-line hover:bg-sunken max-md:block max-md:py-3">
      <td className={`${cell} md:w-[178px]`}>
        <span className="flex items-baseline justify-between gap-3">
          <Link href={environmentHref(org, row)} className="font-[550] after:absolute after:inset-0">
            {row.name}
          </Link>
          <StateBadge sign={sign} className="md:hidden" />
        </span>
        <span
          className="mono block max-w-[178px] truncate text-xs text-ink-3 max-md:max-w-full"
          title={row.path}
        >
          {row.path}
        </span>
      </td>
      <td className={`${cell} max-md:hidden md:w-[118px]`}>
        <StateBadge sign={sign} />
      </td>
      <td className={`${cell} max-md:py-1 md:w-[240px]`}>
        <PlumbLine
          windowMs={windowMs}
          episodes={row.episodes}
          marks={row.marks}
          unknown={row.state === "Unknown"}
        />
      </td>
      <td className={`${cell} md:w-[250px]`}>
        {row.head ? (
          <>
            <span className="block truncate md:max-w-[240px]" title={row.head.subject}>
              <span className="mono">{shortSha(row.head.revision)}</span> {row.head.subject}
            </span>
            <span className="block text-sm text-ink-3">
              {row.head.author}, <Time at={row.head.committedAt} />
            </span>
          </>
        ) : (
          <span className="text-ink-3">no revision read yet</span>
        )}
      </td>
      <td className={`${cell} text-ink-2 md:max-w-[330px]`}>
        <span className="line-clamp-2 [overflow-wrap:anywhere]">
          {sign === "converged" ? "" : row.summary || row.reason}
        </span>
      </td>
      <td
        className={`${cell} whitespace-nowrap text-ink-3 max-md:hidden md:w-[70px] md:pr-1.5 md:text-right`}
      >
        {row.leadTimeMs === null ? (row.state === "Converged" ? "" : "open") : duration(row.leadTimeMs)}
      </td>
    </tr>
  );
}
