"use client";
import { SIGNS } from "#components/state/state.ts";
import { useNow } from "#components/ui/time.tsx";
import type { PlumbEpisode, PlumbMark } from "#lib/environments/schemas.ts";
import { bandPath, bands } from "./geometry.ts";

/** The signature, small: Git above, cluster below, one line while they agree. */
export function PlumbLine({
  episodes,
  marks,
  windowMs,
  width = 224,
  height = 34,
  unknown,
}: {
  episodes: readonly PlumbEpisode[];
  marks: readonly PlumbMark[];
  windowMs: number;
  width?: number;
  height?: number;
  /** The agent is silent: what is drawn may no longer be so. */
  unknown?: boolean;
}) {
  // To the minute: a list of thousands does not redraw each second.
  const to = Math.ceil(useNow() / 60_000) * 60_000;
  const m = height / 2;
  const window = { from: to - windowMs, to };
  const drawn = bands(episodes, window, { width, reach: m - 2.5, step: 3.4 });
  const x = (at: string) => ((Date.parse(at) - window.from) / windowMs) * width;
  const open = drawn.filter((band) => band.open).length;
  return (
    <svg
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={`${drawn.length} episodes in this window, ${open} open`}
      preserveAspectRatio="none"
      className="block w-full [&_path]:[vector-effect:non-scaling-stroke]"
    >
      <path
        d={`M0 ${m}H${width}`}
        stroke="var(--ink-3)"
        strokeWidth="1.5"
        strokeDasharray={unknown ? "2 3" : undefined}
      />
      {drawn.map((band) => {
        const sign = SIGNS[band.cause];
        return (
          <g key={band.id}>
            <title>{band.episode.summary}</title>
            <path d={`${bandPath(band, m, 3)}${band.open ? `V${m}` : ""}Z`} fill={sign.fill} />
            <path d={bandPath(band, m, 3)} fill="none" stroke={sign.color} strokeWidth="1.5" />
          </g>
        );
      })}
      {marks
        .filter((mark) => (mark.kind === "commit" || mark.kind === "rollback") && x(mark.at) >= 0)
        .map((mark) => (
          <path
            key={`${mark.at}${mark.label}`}
            d={`M${x(mark.at)} ${m - 3}v6`}
            stroke="var(--ink-2)"
            strokeWidth="1"
          >
            <title>{mark.label}</title>
          </path>
        ))}
    </svg>
  );
}
