import { SIGNS } from "#components/state/state.ts";
import type { PlumbMark } from "#lib/environments/schemas.ts";
import { type Band, bandPath, markPath } from "./geometry.ts";
import type { Label } from "./labels.ts";

export const HEIGHT = 190;
export const MIDDLE = 95;

const MARK_COLOR: Record<PlumbMark["kind"], string> = {
  commit: "var(--ink-2)",
  sync: "var(--ink-3)",
  edit: "var(--drift)",
  rollback: "var(--pending)",
  alert: "var(--ink)",
};

/** What is drawn: the line, the gaps in it, the ticks, the labels. The list over it is what people use. */
export function PlumbDrawing({
  width,
  bands,
  labels,
  marks,
  x,
  selected,
  unknown,
}: {
  width: number;
  bands: readonly Band[];
  labels: readonly Label[];
  marks: readonly PlumbMark[];
  x: (at: string) => number;
  selected: string | null;
  unknown: boolean;
}) {
  return (
    <svg
      width={width}
      height={HEIGHT}
      viewBox={`0 0 ${width} ${HEIGHT}`}
      className="block max-w-none print:h-auto print:w-full"
      aria-hidden="true"
    >
      <path
        d={`M0 ${MIDDLE}H${width}`}
        stroke="var(--ink-3)"
        strokeWidth="1.75"
        strokeDasharray={unknown ? "3 4" : undefined}
      />
      {bands.map((band) => (
        <Gap key={band.id} band={band} selected={band.id === selected} />
      ))}
      {marks.map((mark) => (
        <path
          key={`${mark.kind}${mark.at}${mark.label}`}
          d={markPath(mark.kind, x(mark.at), MIDDLE)}
          fill={mark.kind === "alert" ? "var(--ink)" : "none"}
          stroke={MARK_COLOR[mark.kind]}
        />
      ))}
      {labels.map((label) => (
        <g key={label.id} opacity={selected !== null && selected !== label.id ? 0.45 : 1}>
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
  );
}

function Gap({ band, selected }: { band: Band; selected: boolean }) {
  const sign = SIGNS[band.cause];
  const path = bandPath(band, MIDDLE, 10);
  return (
    <>
      <path d={`${path}${band.open ? `V${MIDDLE}` : ""}Z`} fill={sign.fill} />
      <path d={path} fill="none" stroke={sign.color} strokeWidth={selected ? 3 : 1.75} />
    </>
  );
}
