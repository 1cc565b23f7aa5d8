"use client";
import { useQuery } from "@tanstack/react-query";
import { useLayoutEffect, useMemo, useRef, useState } from "react";
import { environmentQueries } from "#components/environments/queries.ts";
import { useAwake } from "#components/ui/awake.ts";
import { Segments } from "#components/ui/segments.tsx";
import { useNow } from "#components/ui/time.tsx";
import { useAddress } from "#components/ui/use-address.ts";
import type { EnvironmentDetail } from "#lib/environments/schemas.ts";
import { axisTicks } from "./axis.ts";
import { EpisodeList } from "./episode-list.tsx";
import { type Band, bands } from "./geometry.ts";
import { placeLabels } from "./labels.ts";
import { HEIGHT, MIDDLE, PlumbDrawing } from "./plumb-drawing.tsx";
import { Readout } from "./readout.tsx";
import { daysOf, fittingWindow, namedWindow, PAGE_WINDOWS, windowId } from "./windows.ts";

/** The signature, large: each episode labelled where it stands; arrow keys walk them, a click leads to the evidence. */
export function PlumbFigure({ org, environment }: { org: string; environment: EnvironmentDetail }) {
  const firstNow = useNow();
  const [address, change] = useAddress();
  const [fitting] = useState(() => fittingWindow(environment.episodes, firstNow));
  const chosen = namedWindow(address.get("window")) ?? fitting;
  const [selected, setSelected] = useState<string | null>(null);
  const [box, width] = useWidth();
  const awake = useAwake();
  const now = Math.ceil(useNow() / 5_000) * 5_000;
  const window = { from: now - chosen.ms, to: now };
  const days = daysOf(chosen.ms);
  const query = useQuery(environmentQueries.line(org, environment.id, days));
  // The page came with the last day: it is drawn at once, and more of it once that is here.
  const line = query.data ?? { episodes: environment.episodes, marks: environment.marks, cut: false };
  const drawn = bands(line.episodes, window, { width, reach: 52, step: 13 });
  const labels = useMemo(() => placeLabels(drawn, width, now, line.marks), [drawn, width, now, line.marks]);
  const x = (at: number) => ((at - window.from) / chosen.ms) * width;
  const marks = line.marks.filter((mark) => Date.parse(mark.at) >= window.from);
  const evidence = ({ open, id }: Pick<Band, "open" | "id">) => {
    change(
      open
        ? { tab: null, entry: null, object: null }
        : { tab: "history", entry: id, object: null, only: null },
      "push",
    );
    document.getElementById("evidence")?.scrollIntoView({ block: "start" });
  };
  const band = drawn.find(({ id }) => id === selected);
  return (
    <figure className="mt-4 break-inside-avoid rounded-lg border border-line bg-raised px-4 pb-2 pt-3">
      <div className="flex flex-wrap items-center justify-between gap-x-4 text-sm text-ink-3">
        <span className="max-sm:hidden">Git above, cluster below</span>
        <Segments
          label="Window"
          value={windowId(chosen.name)}
          options={PAGE_WINDOWS.map(({ name }) => [windowId(name), name] as const)}
          onChange={(id) => {
            setSelected(null);
            change({ window: id === windowId(fitting.name) ? null : id });
          }}
          className="-mx-1.5"
        />
      </div>
      <div ref={box} className="relative overflow-hidden" aria-busy={query.isFetching && !query.data}>
        <PlumbDrawing
          width={width}
          bands={drawn}
          labels={labels}
          marks={marks}
          x={(at) => x(Date.parse(at))}
          selected={selected}
          unknown={environment.state === "Unknown"}
        />
        <EpisodeList
          bands={drawn}
          height={HEIGHT}
          middle={MIDDLE}
          width={width}
          label={`Differences of the ${chosen.words}, oldest first`}
          marks={marks}
          selected={selected}
          onSelect={setSelected}
          onOpen={evidence}
        />
      </div>
      <div aria-hidden="true" className="relative h-[18px] text-sm text-ink-3" suppressHydrationWarning>
        {axisTicks(window, Math.max(2, Math.floor(width / 130)), awake ? undefined : "UTC")
          .filter((tick) => x(tick.at) > 14 && x(tick.at) < width - 58)
          .map((tick) => (
            <span
              key={tick.at}
              className="absolute -translate-x-1/2 whitespace-nowrap"
              style={{ left: `${(100 * x(tick.at)) / width}%` }}
              suppressHydrationWarning
            >
              {tick.text}
            </span>
          ))}
        <span className="absolute right-0">now</span>
      </div>
      <Readout band={band} marks={line.marks} now={now} cut={line.cut} />
    </figure>
  );
}

function useWidth() {
  const ref = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(1080);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    setWidth(Math.floor(element.clientWidth) || 1080);
    const observer = new ResizeObserver(([entry]) => entry && setWidth(Math.floor(entry.contentRect.width)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, width] as const;
}
