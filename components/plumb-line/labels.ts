import { SIGNS } from "#components/state/state.ts";
import { duration } from "#components/ui/format.ts";
import type { Band } from "./geometry.ts";

/** A label on its episode: `y` is its row relative to the middle; `end` where it stands left of its line. */
export type Label = {
  id: string;
  x: number;
  y: number;
  end: boolean;
  title: string;
  rest: string;
  color: string;
};

const GLYPH_WIDTH = 6.1;
const ROWS = { up: [-44, -60, -76], down: [46, 62, 78] };

type Placed = { x: number; row: number; from: number; to: number };

/** Labels stand on their episode, newest first, and give way where they or their lines would touch another. */
export function placeLabels(drawn: readonly Band[], width: number, now: number): Label[] {
  const taken: Placed[] = [];
  const labels: Label[] = [];
  for (const band of [...drawn].reverse()) {
    const end = band.episode.endedAt ? Date.parse(band.episode.endedAt) : now;
    const title = SIGNS[band.cause].word;
    const objects = band.episode.objects > 0 ? `${band.episode.objects} obj, ` : "";
    const rest = `${objects}${duration(end - Date.parse(band.episode.startedAt))}${band.open ? " and open" : ""}`;
    const reach = (title.length + rest.length + 2) * GLYPH_WIDTH;
    const left = band.x0 + reach > width;
    const span = left ? { from: band.x0 - reach, to: band.x0 } : { from: band.x0, to: band.x0 + reach };
    const row = (band.y < 0 ? ROWS.up : ROWS.down).find(
      (y) =>
        Math.abs(y) > Math.abs(band.y) - 4 &&
        !taken.some((other) => touch({ x: band.x0, row: y, ...span }, other)),
    );
    if (row === undefined || span.from < 0) continue;
    taken.push({ x: band.x0, row, ...span });
    labels.push({ id: band.id, x: band.x0, y: row, end: left, title, rest, color: SIGNS[band.cause].color });
  }
  return labels;
}

/** Two labels on one side touch where their texts overlap, or one's line runs through the other's text. */
function touch(a: Placed, b: Placed): boolean {
  if (Math.sign(a.row) !== Math.sign(b.row)) return false;
  if (a.row === b.row) return a.from < b.to && b.from < a.to;
  const [near, far] = Math.abs(a.row) < Math.abs(b.row) ? [a, b] : [b, a];
  return far.x > near.from - 2 && far.x < near.to + 2;
}
