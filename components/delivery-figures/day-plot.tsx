import { exactDay } from "./words.ts";

type Bar = { day: string; value: number; part?: number; words: string };

const HEIGHT = 56;

/** A bar a day, the part of it that failed in the colour of failure; each says its figure on hover. */
export function DayPlot({ label, bars }: { label: string; bars: readonly Bar[] }) {
  const most = Math.max(1, ...bars.map(({ value }) => value));
  const height = (value: number) => (value === 0 ? 0 : Math.max(1.5, (value / most) * HEIGHT));
  const step = 1000 / bars.length;
  return (
    <figure className="mt-2">
      <svg
        role="img"
        aria-label={label}
        viewBox={`0 0 1000 ${HEIGHT + 1}`}
        preserveAspectRatio="none"
        className="block h-14 w-full"
      >
        <path d={`M0 ${HEIGHT + 0.5}h1000`} stroke="var(--line-strong)" vectorEffect="non-scaling-stroke" />
        {bars.map(({ day, value, part = 0, words }, index) => (
          <g key={day}>
            <title>{`${exactDay(day)}: ${words}`}</title>
            <rect x={index * step} y={0} width={step} height={HEIGHT} fill="transparent" />
            <rect
              x={index * step + step * 0.12}
              y={HEIGHT - height(value)}
              width={step * 0.76}
              height={height(value)}
              fill="var(--ink-3)"
            />
            <rect
              x={index * step + step * 0.12}
              y={HEIGHT - height(part)}
              width={step * 0.76}
              height={height(part)}
              fill="var(--failed)"
            />
          </g>
        ))}
      </svg>
      <figcaption className="flex justify-between text-xs text-ink-3">
        <span>{exactDay(bars[0]?.day ?? "")}</span>
        <span>{exactDay(bars.at(-1)?.day ?? "")}</span>
      </figcaption>
    </figure>
  );
}
