import type { FieldChange } from "#lib/protocol/object.ts";

/** One line of a diff: Git's (`del`), the cluster's (`add`), or of both; numbers are each side's own. */
export type DiffLine = {
  kind: "same" | "del" | "add" | "hunk";
  text: string;
  git: number | null;
  cluster: number | null;
  /** On the first line of each side of a differing field. */
  change?: FieldChange;
  /** Why it is no difference although it looks like one. */
  note?: string;
};

/** A stretch that is shown, or one that is folded away because both sides agree. */
export type Piece = { folded: boolean; lines: DiffLine[] };

const CONTEXT = 2;
/** A fold takes a line itself: fewer lines than this are shown. */
const LEAST_FOLD = 3;

/** Folds what agrees, but for a few lines around each difference and the keys that lead to it. */
export function foldLines(lines: readonly DiffLine[], context = CONTEXT): Piece[] {
  const shown = new Array<boolean>(lines.length).fill(false);
  for (const [at, line] of lines.entries()) {
    if (line.kind === "same" && !line.note) continue;
    const around = line.kind === "same" ? 0 : context;
    for (let near = Math.max(0, at - around); near <= Math.min(lines.length - 1, at + around); near += 1)
      shown[near] = true;
    for (const parent of parentsOf(lines, at)) shown[parent] = true;
  }
  const pieces: Piece[] = [];
  for (const [at, line] of lines.entries()) {
    const folded = !shown[at];
    const last = pieces.at(-1);
    if (last?.folded === folded) last.lines.push(line);
    else pieces.push({ folded, lines: [line] });
  }
  return joined(pieces.map((one) => (one.lines.length < LEAST_FOLD ? { ...one, folded: false } : one)));
}

/** What is only on one side is folded after its beginning. */
export function foldAfter(lines: DiffLine[], most: number): Piece[] {
  if (lines.length <= most + LEAST_FOLD) return [{ folded: false, lines }];
  return [
    { folded: false, lines: lines.slice(0, most) },
    { folded: true, lines: lines.slice(most) },
  ];
}

function joined(pieces: Piece[]): Piece[] {
  const result: Piece[] = [];
  for (const piece of pieces) {
    const last = result.at(-1);
    if (last && last.folded === piece.folded) last.lines.push(...piece.lines);
    else result.push({ ...piece, lines: [...piece.lines] });
  }
  return result;
}

/** The lines above that are indented less and less: the keys that lead to a line. */
function parentsOf(lines: readonly DiffLine[], at: number): number[] {
  const parents: number[] = [];
  let depth = depthOf(lines[at]!.text);
  for (let above = at - 1; above >= 0 && depth > 0; above -= 1) {
    const line = lines[above]!;
    const its = depthOf(line.text);
    if (line.kind === "add" || its >= depth) continue;
    parents.push(above);
    depth = its;
  }
  return parents;
}

/** An item's dash counts as indentation: its other keys stand beneath it. */
const depthOf = (text: string) => /^[ -]*(?=\S)/.exec(text)?.[0].replace(/-+$/, "").length ?? 0;

/** One row of two columns; a line that both sides have stands in both. */
export type Pair = { git: DiffLine | null; cluster: DiffLine | null };

/** Side by side: lines that were replaced stand beside what replaced them. */
export function pairsOf(lines: readonly DiffLine[]): Pair[] {
  const pairs: Pair[] = [];
  let gone: DiffLine[] = [];
  let come: DiffLine[] = [];
  const flush = () => {
    for (let at = 0; at < Math.max(gone.length, come.length); at += 1)
      pairs.push({ git: gone[at] ?? null, cluster: come[at] ?? null });
    gone = [];
    come = [];
  };
  for (const line of lines) {
    if (line.kind === "del") {
      if (come.length > 0) flush();
      gone.push(line);
    } else if (line.kind === "add") come.push(line);
    else {
      flush();
      pairs.push({ git: line, cluster: line });
    }
  }
  flush();
  return pairs;
}

/** What of two lines is other: the same beginning, what differs, the same end. Null where hardly anything is the same. */
export function changedPart(text: string, other: string): [string, string, string] | null {
  let start = 0;
  while (start < text.length && start < other.length && text[start] === other[start]) start += 1;
  let end = 0;
  while (
    end < text.length - start &&
    end < other.length - start &&
    text[text.length - 1 - end] === other[other.length - 1 - end]
  )
    end += 1;
  // Half a word, or half a number, says nothing.
  while (start > 0 && /[\w.]/.test(text[start - 1]!)) start -= 1;
  while (end > 0 && /[\w.]/.test(text[text.length - end]!)) end -= 1;
  if (text.slice(0, start).trim() === "" || start + end >= text.length) return null;
  return [text.slice(0, start), text.slice(start, text.length - end), text.slice(text.length - end)];
}
