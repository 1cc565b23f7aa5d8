"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { SIGNS } from "#components/state/state.ts";
import { cn } from "#components/ui/cn.ts";
import { exactTime, plural } from "#components/ui/format.ts";
import { Skeleton } from "#components/ui/notice.tsx";
import { overTimeAreas, STACK } from "./over-time-areas.ts";
import { fleetQueries } from "./queries.ts";

const WIDTH = 1000;
const HEIGHT = 64;

/** The last week of the fleet: how many environments had a divergence open, by its worst cause. */
export function OverTime({ org }: { org: string }) {
  const { data, isError, error } = useQuery(fleetQueries.overTime(org));
  const [at, setAt] = useState<number | null>(null);
  if (isError && !data) return <p className="mt-3 text-failed">{error.message}</p>;
  if (!data) return <Skeleton className="mt-3 h-[110px] w-full" />;
  const { points } = data;
  const { top, areas } = overTimeAreas(points, { width: WIDTH, height: HEIGHT });
  const point = points[at ?? points.length - 1]!;
  const open = STACK.filter((cause) => point[cause] > 0);
  return (
    <figure className="mt-3 max-w-[1000px]">
      <figcaption className="mb-1.5 flex flex-wrap justify-between gap-x-6 text-sm text-ink-3">
        <span>
          Divergences open, by cause, at most {plural(top, "environment")} at once in {data.days} days
        </span>
        <span aria-live="off">
          {at === null ? "Now" : exactTime(point.at)}:{" "}
          {open.length === 0
            ? `none of ${point.environments}`
            : open.map((cause, index) => (
                <span key={cause}>
                  {index > 0 && ", "}
                  <b className="font-[550]" style={{ color: SIGNS[cause].color }}>
                    {point[cause]} {SIGNS[cause].word.toLowerCase()}
                  </b>
                </span>
              ))}
        </span>
      </figcaption>
      <svg
        role="img"
        aria-label={`Environments with a divergence open over ${data.days} days, at most ${top} at once`}
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        className="block h-16 w-full overflow-visible"
        onPointerLeave={() => setAt(null)}
        onPointerMove={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
          setAt(Math.round(share * (points.length - 1)));
        }}
      >
        <rect width={WIDTH} height={HEIGHT} fill="transparent" />
        {areas.map(({ cause, path }) => (
          <path
            key={cause}
            d={path}
            fill={SIGNS[cause].fill}
            stroke={SIGNS[cause].color}
            strokeWidth="1"
            strokeLinejoin="round"
            vectorEffect="non-scaling-stroke"
          />
        ))}
        <path d={`M0 ${HEIGHT}h${WIDTH}`} stroke="var(--ink-3)" vectorEffect="non-scaling-stroke" />
        {at !== null && (
          <path
            d={`M${(at / (points.length - 1)) * WIDTH} 0v${HEIGHT}`}
            stroke="var(--ink-2)"
            vectorEffect="non-scaling-stroke"
          />
        )}
      </svg>
      <div className={cn("mt-1 flex justify-between text-xs text-ink-3")} suppressHydrationWarning>
        {points
          .filter((_, index) => index % 24 === 0)
          .map((one, index, all) => (
            <span key={one.at} className={index % 2 === 1 ? "max-sm:hidden" : ""}>
              {index === all.length - 1 ? "now" : dayName(one.at)}
            </span>
          ))}
      </div>
    </figure>
  );
}

const dayName = (at: string) =>
  new Date(at).toLocaleDateString("en-GB", { weekday: "short", day: "numeric" });
