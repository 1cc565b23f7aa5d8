"use client";
import { type KeyboardEvent, type PointerEvent, useId, useState } from "react";
import { cn } from "#components/ui/cn.ts";
import { countScale, durationScale } from "./plot-scale.ts";
import { exactDay } from "./words.ts";

/** What stands over one day, from the bottom up; `words` say all of it. */
export type PlotDay = { day: string; parts: { name: string; value: number; color: string }[]; words: string };

const HEIGHT = 88;

/**
 * A day beside a day: counts as bars, durations (`kind`) as points on a scale of logarithms. Hovering or the arrow keys
 * walk the days; the same figures stand in a table below.
 */
export function DayPlot({
  label,
  days,
  kind = "count",
}: {
  label: string;
  days: readonly PlotDay[];
  kind?: "count" | "duration";
}) {
  const [at, setAt] = useState<number | null>(null);
  const id = useId();
  const sums = days.map(({ parts }) => parts.reduce((sum, { value }) => sum + value, 0));
  const scale = kind === "count" ? countScale(Math.max(0, ...sums)) : durationScale(sums);
  const shown = at === null ? null : days[at];
  const last = days.length - 1;
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -days.length, End: days.length }[event.key];
    if (event.key === "Escape") setAt(null);
    if (step === undefined) return;
    event.preventDefault();
    setAt((before) => Math.min(last, Math.max(0, (before ?? (step > 0 ? -1 : last + 1)) + step)));
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    setAt(Math.min(last, Math.max(0, Math.floor(((event.clientX - left) / width) * days.length))));
  };
  return (
    <figure className="mt-2">
      <div className="relative pl-11">
        {scale.ticks.map(({ value, words }) => (
          <span
            key={value}
            aria-hidden="true"
            className="absolute left-0 w-9 translate-y-[-50%] whitespace-nowrap text-right text-xs text-ink-3"
            style={{ top: HEIGHT * (1 - scale.at(value)) + 1 }}
          >
            {words}
          </span>
        ))}
        <div
          role="group"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys walk its days
          tabIndex={0}
          aria-label={`${label}; the arrow keys walk the days`}
          aria-describedby={id}
          onKeyDown={onKeyDown}
          onPointerMove={onPointerMove}
          onPointerLeave={() => setAt(null)}
          onBlur={() => setAt(null)}
        >
          <svg
            aria-hidden="true"
            viewBox={`0 0 ${days.length * 10} ${HEIGHT + 2}`}
            preserveAspectRatio="none"
            className="block w-full"
            style={{ height: HEIGHT + 2 }}
          >
            {scale.ticks.map(({ value }) => (
              <path
                key={value}
                d={`M0 ${HEIGHT * (1 - scale.at(value)) + 1}h${days.length * 10}`}
                stroke="var(--line)"
                vectorEffect="non-scaling-stroke"
              />
            ))}
            <path
              d={`M0 ${HEIGHT + 1}h${days.length * 10}`}
              stroke="var(--line-strong)"
              vectorEffect="non-scaling-stroke"
            />
            {at !== null && (
              <rect x={at * 10} y={0} width={10} height={HEIGHT + 1} fill="var(--ink)" fillOpacity={0.06} />
            )}
            {kind === "duration" && (
              <polyline
                points={days
                  .flatMap((_, index) => (sums[index] ? `${index * 10 + 5},${y(scale.at(sums[index]))}` : []))
                  .join(" ")}
                fill="none"
                stroke="var(--line-strong)"
                vectorEffect="non-scaling-stroke"
              />
            )}
            {days.map((day, index) =>
              kind === "count" ? (
                <Bar key={day.day} day={day} x={index * 10} at={scale.at} />
              ) : (
                sums[index]! > 0 && (
                  <path
                    key={day.day}
                    d={`M${index * 10 + 5} ${y(scale.at(sums[index]!))}h0.001`}
                    stroke={day.parts[0]?.color}
                    strokeWidth={index === at ? 9 : 6}
                    strokeLinecap="round"
                    vectorEffect="non-scaling-stroke"
                  />
                )
              ),
            )}
          </svg>
        </div>
        <figcaption className="flex justify-between gap-3 text-xs text-ink-3">
          <span className={cn(shown && "invisible")}>{exactDay(days[0]?.day ?? "")}</span>
          <span id={id} aria-live="polite" className="min-w-0 truncate text-ink">
            {shown && (
              <>
                <b className="font-[550]">{exactDay(shown.day)}</b>: {shown.words}
              </>
            )}
          </span>
          <span className={cn(shown && "invisible")}>{exactDay(days.at(-1)?.day ?? "")}</span>
        </figcaption>
      </div>
      <details className="pl-11 text-sm">
        <summary className="w-fit text-xs text-ink-3 hover:text-ink">As a table</summary>
        <div className="max-h-60 overflow-auto">
          <table className="w-full">
            <caption className="sr-only">{label}</caption>
            <thead className="sr-only">
              <tr>
                <th scope="col">Day</th>
                <th scope="col">Figures</th>
              </tr>
            </thead>
            <tbody>
              {days.toReversed().map(({ day, words }) => (
                <tr key={day} className="border-t border-line">
                  <th scope="row" className="py-1 pr-4 text-left font-normal text-ink-3">
                    {exactDay(day)}
                  </th>
                  <td className="py-1">{words}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}

const y = (share: number) => HEIGHT * (1 - share) + 1;

function Bar({ day, x, at }: { day: PlotDay; x: number; at: (value: number) => number }) {
  let below = 0;
  return day.parts.map(({ name, value, color }) => {
    const height = value === 0 ? 0 : Math.max(1.5, at(value) * HEIGHT);
    below += height;
    return <rect key={name} x={x + 1.2} y={HEIGHT + 1 - below} width={7.6} height={height} fill={color} />;
  });
}
