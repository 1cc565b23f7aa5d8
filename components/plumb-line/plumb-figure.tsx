"use client";
import { useLayoutEffect, useMemo, useRef, useState } from "react";
import { SIGNS } from "#components/state/state.ts";
import { duration } from "#components/ui/format.ts";
import { useNow } from "#components/ui/time.tsx";
import type { PlumbEpisode, PlumbMark } from "#lib/environments/schemas.ts";
import { type Band, bandPath, bands, markPath } from "./geometry.ts";
import { placeLabels } from "./labels.ts";
import { fittingWindow, WINDOWS } from "./windows.ts";

const HEIGHT = 190;
const MIDDLE = 95;

/** The signature, large: each episode labelled where it stands; arrow keys walk them. */
export function PlumbFigure({
  episodes,
  marks,
  onSelect,
  unknown,
}: {
  episodes: readonly PlumbEpisode[];
  marks: readonly PlumbMark[];
  onSelect?: (episodeId: string) => void;
  unknown?: boolean;
}) {
  const firstNow = useNow();
  const [windowMs, setWindowMs] = useState<number>(() => fittingWindow(episodes, firstNow).ms);
  const [selected, setSelected] = useState<string | null>(null);
  const [box, width] = useWidth();
  const now = Math.ceil(useNow() / 5_000) * 5_000;
  const window = { from: now - windowMs, to: now };
  const drawn = bands(episodes, window, { width, reach: 52, step: 13 });
  const labels = useMemo(() => placeLabels(drawn, width, now), [drawn, width, now]);
  const x = (at: string) => ((Date.parse(at) - window.from) / windowMs) * width;
  const walk = (step: number) => {
    const index = drawn.findIndex((band) => band.id === selected);
    const next = drawn[(index + step + drawn.length) % drawn.length];
    if (next) setSelected(next.id);
  };
  return (
    <figure className="mt-4 rounded-lg border border-line bg-raised px-4 pb-2 pt-3">
      <div className="flex flex-wrap items-center justify-between gap-x-4 text-sm text-ink-3">
        <span>Git above, cluster below</span>
        <div className="flex gap-1" role="group" aria-label="Window">
          {WINDOWS.map(({ name, ms }) => (
            <button
              key={name}
              type="button"
              aria-pressed={windowMs === ms}
              onClick={() => setWindowMs(ms)}
              className="whitespace-nowrap rounded-sm px-1.5 text-ink-3 hover:text-ink aria-pressed:bg-sunken aria-pressed:font-[550] aria-pressed:text-ink"
            >
              {name}
            </button>
          ))}
        </div>
      </div>
      {/* A walk along episodes is a composite control: one tab stop, arrows inside. */}
      <div
        ref={box}
        role="listbox"
        aria-label={`Episodes of the last ${duration(windowMs)}`}
        tabIndex={0}
        className="overflow-hidden"
        onKeyDown={(event) => {
          if (event.key === "ArrowRight") walk(1);
          else if (event.key === "ArrowLeft") walk(-1);
          else if (event.key === "Enter" && selected) onSelect?.(selected);
          else return;
          event.preventDefault();
        }}
      >
        <svg
          width={width}
          height={HEIGHT}
          viewBox={`0 0 ${width} ${HEIGHT}`}
          className="block"
          aria-hidden="true"
        >
          <path
            d={`M0 ${MIDDLE}H${width}`}
            stroke="var(--ink-3)"
            strokeWidth="1.75"
            strokeDasharray={unknown ? "3 4" : undefined}
          />
          {drawn.map((band) => (
            <Episode
              key={band.id}
              band={band}
              selected={band.id === selected}
              onClick={() => {
                setSelected(band.id);
                onSelect?.(band.id);
              }}
            />
          ))}
          {marks
            .filter((mark) => x(mark.at) >= 0)
            .map((mark) => (
              <path
                key={`${mark.kind}${mark.at}${mark.label}`}
                d={markPath(mark.kind, x(mark.at), MIDDLE)}
                fill={mark.kind === "alert" ? "var(--ink)" : "none"}
                stroke={
                  mark.kind === "edit"
                    ? "var(--drift)"
                    : mark.kind === "alert"
                      ? "var(--ink)"
                      : "var(--ink-2)"
                }
              >
                <title>{mark.label}</title>
              </path>
            ))}
          {labels.map((label) => (
            <g key={label.id}>
              <path
                d={`M${label.x} ${MIDDLE + (label.y < 0 ? -6 : 6)}V${MIDDLE + label.y}`}
                stroke="var(--line-strong)"
              />
              <text
                x={label.x + (label.end ? -5 : 5)}
                y={MIDDLE + label.y + (label.y < 0 ? 6 : 2)}
                textAnchor={label.end ? "end" : "start"}
                fontSize="11.5"
                fill="var(--ink-2)"
              >
                <tspan fontWeight="550" fill={label.id === selected ? label.color : "var(--ink)"}>
                  {label.title}
                </tspan>{" "}
                {label.rest}
              </text>
            </g>
          ))}
        </svg>
      </div>
      <ul className="sr-only">
        {drawn.map((band) => (
          <li key={band.id}>
            {SIGNS[band.cause].word}: {band.episode.summary}
          </li>
        ))}
        {marks
          .filter((mark) => mark.kind === "alert" && x(mark.at) >= 0)
          .map((mark) => (
            <li key={`${mark.at}${mark.label}`}>Told: {mark.label}</li>
          ))}
      </ul>
      <figcaption className="flex justify-between text-sm text-ink-3" suppressHydrationWarning>
        {[0, 0.25, 0.5, 0.75].map((part) => (
          <span key={part} suppressHydrationWarning>
            {tick(window.from + part * windowMs, windowMs)}
          </span>
        ))}
        <span>now</span>
      </figcaption>
    </figure>
  );
}

function Episode({ band, selected, onClick }: { band: Band; selected: boolean; onClick: () => void }) {
  const sign = SIGNS[band.cause];
  const path = bandPath(band, MIDDLE, 10);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the listbox around it is the keyboard's way in
    <g onClick={onClick} className="cursor-pointer">
      <title>{`${sign.word}: ${band.episode.summary}`}</title>
      <path d={`${path}${band.open ? `V${MIDDLE}` : ""}Z`} fill={sign.fill} />
      <path d={path} fill="none" stroke={sign.color} strokeWidth={selected ? 3 : 1.75} />
    </g>
  );
}

function tick(ms: number, windowMs: number): string {
  const options: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit" };
  if (windowMs > 21_600_000) options.weekday = "short";
  return new Date(ms).toLocaleTimeString("en-GB", options);
}

function useWidth() {
  const ref = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(1080);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => entry && setWidth(Math.floor(entry.contentRect.width)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, width] as const;
}
