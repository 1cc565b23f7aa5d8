import { SIGNS } from "#components/state/state.ts";
import { duration, plural } from "#components/ui/format.ts";
import type { PlumbMark } from "#lib/environments/schemas.ts";
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
const MOST_TITLE = 30;
const ROWS = { up: [-44, -60, -76], down: [46, 62, 78] };

type Placed = { x: number; row: number; from: number; to: number };

/** Labels stand on their episode, newest first, and give way where they or their lines would touch another. */
export function placeLabels(
  drawn: readonly Band[],
  width: number,
  now: number,
  marks: readonly PlumbMark[] = [],
): Label[] {
  const taken: Placed[] = [];
  const labels: Label[] = [];
  for (const band of [...drawn].reverse()) {
    const title = titleOf(band, marks);
    const rest = restOf(band, now);
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

/** What an episode is known by: the rollback or the commit that it came from, who edited, or else its cause. */
export function titleOf(
  { cause, episode }: Pick<Band, "cause" | "episode">,
  marks: readonly PlumbMark[],
): string {
  const from = Date.parse(episode.startedAt) - 120_000;
  const to = episode.endedAt === null ? Number.POSITIVE_INFINITY : Date.parse(episode.endedAt);
  const within = (kind: PlumbMark["kind"]) =>
    marks.findLast((mark) => mark.kind === kind && Date.parse(mark.at) >= from && Date.parse(mark.at) <= to);
  if (cause === "drift") {
    const who = /, by (.+?)(?: \(and \d+ more\))?$/.exec(episode.summary)?.[1];
    return clipped(who ?? SIGNS.drift.word);
  }
  if (cause === "pending") {
    const rollback = within("rollback");
    if (rollback) return clipped(rollback.label.replace(/^Rollback to/, "Rolled back to"));
    const commit = within("commit");
    if (commit) return commit.label.slice(0, 7);
  }
  return SIGNS[cause].word;
}

/** How much it was, and how long. */
export function restOf(
  { cause, open, episode }: Pick<Band, "cause" | "open" | "episode">,
  now: number,
): string {
  const end = episode.endedAt ? Date.parse(episode.endedAt) : now;
  const lasted = duration(Math.max(0, end - Date.parse(episode.startedAt)));
  const objects = episode.objects > 0 ? `${plural(episode.objects, "object")}, ` : "";
  if (open) return `${objects}${lasted} and open`;
  return cause === "drift" ? `${objects}healed after ${lasted}` : `${objects}${lasted}`;
}

const clipped = (text: string) => (text.length > MOST_TITLE ? `${text.slice(0, MOST_TITLE - 1)}…` : text);

/** Two labels on one side touch where their texts overlap, or one's line runs through the other's text. */
function touch(a: Placed, b: Placed): boolean {
  if (Math.sign(a.row) !== Math.sign(b.row)) return false;
  if (a.row === b.row) return a.from < b.to && b.from < a.to;
  const [near, far] = Math.abs(a.row) < Math.abs(b.row) ? [a, b] : [b, a];
  return far.x > near.from - 2 && far.x < near.to + 2;
}
