"use client";
import { useRef } from "react";
import { SIGNS } from "#components/state/state.ts";
import { exactTime } from "#components/ui/format.ts";
import type { PlumbMark } from "#lib/environments/schemas.ts";
import type { Band } from "./geometry.ts";

/** No finger hits less. */
const LEAST = 24;

/** The episodes as a list of buttons over the drawing: one tab stop, arrow keys walk, Enter or a click leads on. */
export function EpisodeList({
  bands,
  height,
  middle,
  width,
  label,
  marks,
  selected,
  onSelect,
  onOpen,
}: {
  bands: readonly Band[];
  height: number;
  middle: number;
  width: number;
  label: string;
  marks: readonly PlumbMark[];
  selected: string | null;
  onSelect: (id: string | null) => void;
  onOpen: (band: Band) => void;
}) {
  const list = useRef<HTMLOListElement>(null);
  const walk = (from: number, by: number) => {
    const to = (from + by + bands.length) % bands.length;
    list.current?.querySelectorAll("button")[to]?.focus();
  };
  const stop = bands.some(({ id }) => id === selected) ? selected : bands.at(-1)?.id;
  return (
    <>
      <ol ref={list} aria-label={label} className="absolute inset-0" onPointerLeave={() => onSelect(null)}>
        {bands.map((band, index) => {
          const wide = Math.max(LEAST, band.x1 - band.x0);
          const left = Math.min(Math.max(0, (band.x0 + band.x1 - wide) / 2), Math.max(0, width - wide));
          return (
            <li key={band.id}>
              <button
                type="button"
                tabIndex={band.id === stop ? 0 : -1}
                aria-label={sentenceOf(band)}
                onFocus={() => onSelect(band.id)}
                onPointerEnter={() => onSelect(band.id)}
                onClick={() => onOpen(band)}
                onKeyDown={(event) => {
                  const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
                  if (by) walk(index, by);
                  else if (event.key === "Home") walk(0, 0);
                  else if (event.key === "End") walk(bands.length - 1, 0);
                  else return;
                  event.preventDefault();
                }}
                className="absolute outline-offset-[-2px]"
                style={{
                  left,
                  width: wide,
                  top: band.y < 0 ? 12 : middle - 12,
                  height: height - middle,
                }}
                suppressHydrationWarning
              />
            </li>
          );
        })}
      </ol>
      <ul className="sr-only" aria-label="What happened">
        {marks.map((mark) => (
          <li key={`${mark.kind}${mark.at}${mark.label}`} suppressHydrationWarning>
            {mark.kind}: {mark.label}, {exactTime(mark.at)}
          </li>
        ))}
      </ul>
    </>
  );
}

function sentenceOf({ cause, episode }: Band): string {
  const end = episode.endedAt ? `, ended ${exactTime(episode.endedAt)}` : ", still open";
  return `${SIGNS[cause].word}: ${episode.summary || "no field was recorded"}. Began ${exactTime(episode.startedAt)}${end}.`;
}
