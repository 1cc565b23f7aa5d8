"use client";
import { useLayoutEffect, useMemo, useRef, useState } from "react";
import { SIGNS } from "#components/state/state.ts";
import { duration } from "#components/ui/format.ts";
import { useNow } from "#components/ui/time.tsx";
import type { PlumbEpisode, PlumbMark } from "#lib/environments/schemas.ts";
import { type Band, bandPath, bands } from "./geometry.ts";

const HEIGHT = 190;
const MIDDLE = 95;
const WINDOWS = [
  ["1 h", 3_600_000],
  ["6 h", 21_600_000],
  ["24 h", 86_400_000],
  ["7 d", 604_800_000],
] as const;

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
  const [windowMs, setWindowMs] = useState<number>(() => fittingWindow(episodes, firstNow));
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
      <div className="flex items-center justify-between text-sm text-ink-3">
        <span>Git above, cluster below</span>
        <div className="flex gap-1" role="group" aria-label="Window">
          {WINDOWS.map(([label, ms]) => (
            <button
              key={label}
              type="button"
              aria-pressed={windowMs === ms}
              onClick={() => setWindowMs(ms)}
              className="rounded-sm px-1.5 text-ink-3 hover:text-ink aria-pressed:bg-sunken aria-pressed:font-[550] aria-pressed:text-ink"
            >
              {label}
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
                d={mark.kind === "edit" ? `M${x(mark.at)} ${MIDDLE}v6` : `M${x(mark.at)} ${MIDDLE - 5}v10`}
                stroke={mark.kind === "edit" ? "var(--drift)" : "var(--ink-2)"}
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

type Label = { id: string; x: number; y: number; end: boolean; title: string; rest: string; color: string };

/** Labels stand on their episode, newest first, and give way where they would touch another. */
function placeLabels(drawn: Band[], width: number, now: number): Label[] {
  const taken: { row: number; from: number; to: number }[] = [];
  const labels: Label[] = [];
  for (const band of [...drawn].reverse()) {
    const ms =
      (band.episode.endedAt ? Date.parse(band.episode.endedAt) : now) - Date.parse(band.episode.startedAt);
    const title = SIGNS[band.cause].word;
    const rest = `${band.episode.objects > 0 ? `${band.episode.objects} obj, ` : ""}${duration(ms)}${band.open ? " and open" : ""}`;
    const reach = (title.length + rest.length + 2) * 6.1;
    const end = band.x0 + reach > width;
    const span = end ? { from: band.x0 - reach, to: band.x0 } : { from: band.x0, to: band.x0 + reach };
    const rows = band.y < 0 ? [-44, -60, -76] : [46, 62, 78];
    const row = rows.find(
      (y) =>
        Math.abs(y) > Math.abs(band.y) - 4 &&
        !taken.some((t) => t.row === y && t.from < span.to && span.from < t.to),
    );
    if (row === undefined || span.from < 0) continue;
    taken.push({ row, ...span });
    labels.push({ id: band.id, x: band.x0, y: row, end, title, rest, color: SIGNS[band.cause].color });
  }
  return labels;
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

/** The smallest window that holds every episode, a day at most; a day where there is none. */
function fittingWindow(episodes: readonly PlumbEpisode[], now: number): number {
  const first = Math.min(...episodes.map((episode) => Date.parse(episode.startedAt)));
  const fitting = WINDOWS.find(([, ms]) => now - first < ms * 0.95)?.[1] ?? 86_400_000;
  return episodes.length === 0 ? 86_400_000 : Math.min(fitting, 86_400_000);
}
