"use client";
import { memo, useEffect, useRef, useState } from "react";
import { environmentHref } from "#components/environments/href.ts";
import { PlumbLine } from "#components/plumb-line/plumb-line.tsx";
import { EagerLink } from "#components/shell/eager-link.tsx";
import { signOf } from "#components/state/state.ts";
import { StateBadge } from "#components/state/state-badge.tsx";
import { cn } from "#components/ui/cn.ts";
import { duration, shortSha } from "#components/ui/format.ts";
import { Skeleton } from "#components/ui/notice.tsx";
import { Time } from "#components/ui/time.tsx";
import type { FleetRow as Row } from "#lib/fleet/schemas.ts";

/** Columns at desktop width; the head of the list uses them, too. */
export const columns =
  "lg:grid lg:grid-cols-[minmax(0,150px)_104px_minmax(0,150px)_minmax(0,1fr)_minmax(0,1fr)_72px] lg:items-center lg:gap-x-4 xl:grid-cols-[178px_118px_224px_minmax(0,1fr)_minmax(0,1.15fr)_76px]";

const frame =
  "relative h-[var(--row)] overflow-hidden border-b border-line max-lg:flex max-lg:flex-col max-lg:gap-0.5 max-lg:py-3";

type Place = {
  index: number;
  /** How many rows of the group stand above it and are not drawn. */
  above: number;
};
type Props = Place & { org: string; row: Row; windowMs: number; withCluster: boolean };

const under = (above: number) => (above > 0 ? { marginTop: `calc(${above} * var(--row))` } : undefined);

/** One environment: a line of columns, or at phone width a sentence with its plumb line beneath. */
export const FleetRow = memo(function FleetRow({ org, row, index, above, windowMs, withCluster }: Props) {
  const sign = signOf(row.state, row.causes);
  const href = environmentHref(org, row);
  return (
    <tr
      aria-rowindex={index + 2}
      data-row={index}
      style={under(above)}
      className={cn(
        frame,
        columns,
        "scroll-mb-4 scroll-mt-28 hover:bg-sunken has-[a:focus-visible]:bg-sunken has-[a:focus-visible]:shadow-[inset_3px_0_0_var(--converging)]",
      )}
    >
      <td className="min-w-0">
        <ChangedMark of={[row.state, row.causes, row.differs, row.head?.revision].join()} />
        <span className="flex items-baseline justify-between gap-3">
          <EagerLink
            href={href}
            className="truncate font-[550] outline-none after:absolute after:inset-0"
            title={row.name}
          >
            {row.name}
          </EagerLink>
          <StateBadge sign={sign} className="lg:hidden" />
        </span>
        <span
          className="mono block truncate text-xs text-ink-3 max-lg:hidden"
          title={`${row.cluster.name}: ${row.path}`}
        >
          {withCluster ? `${row.cluster.name} · ${row.path}` : row.path}
        </span>
      </td>
      <td className="max-lg:hidden lg:flex">
        <StateBadge sign={sign} />
      </td>
      <td className="min-w-0 max-lg:order-last max-lg:mt-auto">
        <PlumbLine
          windowMs={windowMs}
          episodes={row.episodes}
          marks={row.marks}
          unknown={row.state === "Unknown"}
        />
      </td>
      <td className="min-w-0">
        {row.head ? (
          <>
            <span className="block truncate" title={row.head.subject}>
              <span className="mono">{shortSha(row.head.revision)}</span> {row.head.subject}
            </span>
            <span className="block truncate text-sm text-ink-3">
              {row.head.author}, <Time at={row.head.committedAt} />
            </span>
          </>
        ) : (
          <span className="text-ink-3">no revision read yet</span>
        )}
      </td>
      <td className="min-w-0 text-ink-2 max-lg:-order-none">
        <span className="line-clamp-2 [overflow-wrap:anywhere] max-lg:line-clamp-1" title={row.differs}>
          {row.differs}
        </span>
      </td>
      <td className="whitespace-nowrap text-right text-ink-3 max-lg:hidden">
        {row.leadTimeMs === null ? (row.state === "Converged" ? "" : "open") : duration(row.leadTimeMs)}
      </td>
    </tr>
  );
});

/** A row that has not arrived yet, of its exact height. */
export function FleetRowSkeleton({ index, above }: Place) {
  return (
    <tr
      aria-rowindex={index + 2}
      data-row={index}
      style={under(above)}
      aria-busy="true"
      className={cn(frame, columns)}
    >
      <td>
        <Skeleton className="h-3.5 w-32" />
        <Skeleton className="mt-1.5 h-2.5 w-40 max-w-full max-lg:hidden" />
      </td>
      <td className="max-lg:hidden">
        <Skeleton className="h-3.5 w-20" />
      </td>
      <td className="max-lg:order-last max-lg:mt-auto max-lg:pb-4">
        <Skeleton className="h-0.5 w-full rounded-none" />
      </td>
      <td>
        <Skeleton className="h-3.5 w-3/4" />
        <Skeleton className="mt-1.5 h-2.5 w-24" />
      </td>
      <td className="max-lg:hidden" />
      <td className="max-lg:hidden" />
    </tr>
  );
}

/** Lights up for a moment when what it stands on has changed; not when it is drawn for the first time. */
function ChangedMark({ of }: { of: string }) {
  const before = useRef(of);
  const [marks, setMarks] = useState(0);
  useEffect(() => {
    if (before.current === of) return;
    before.current = of;
    setMarks((n) => n + 1);
  }, [of]);
  if (marks === 0) return null;
  return <span key={marks} aria-hidden="true" className="changed pointer-events-none absolute inset-0" />;
}
