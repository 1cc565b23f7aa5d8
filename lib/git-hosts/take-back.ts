import { diffIndices, merge } from "node-diff3";

/** A file from which one commit's change was taken back, and the unified hunks that do it. */
export interface TakenBack {
  text: string;
  patch: string;
  additions: number;
  deletions: number;
}

const MOST_CHARACTERS = 500_000;
const MOST_LINES = 6000;
const CONTEXT = 3;

/**
 * Takes one commit's change of a file back and keeps what came after it: a three-way merge of the file as it was
 * `before` the commit, `after` it, and as it is `now`. Null where a later change overlaps it, or the file is too long.
 */
export function takeBack(file: { before: string; after: string; now: string }): TakenBack | null {
  const [before, after, now] = [file.before, file.after, file.now].map(linesOf);
  if (!before || !after || !now) return null;
  for (const text of [file.before, file.after, file.now]) if (text.length > MOST_CHARACTERS) return null;
  for (const lines of [before, after, now]) if (lines.length > MOST_LINES) return null;
  const { conflict, result } = merge<string>(now, after, before, { excludeFalseConflicts: true });
  if (conflict) return null;
  return { text: result.join(""), ...unified(now, result) };
}

/** Each with the newline that ends it, which the last may lack. */
const linesOf = (text: string) => (text === "" ? [] : text.split(/(?<=\n)/));

/** The hunks from one text to another, as Git writes them. */
function unified(from: string[], to: string[]): Omit<TakenBack, "text"> {
  const changes = diffIndices(from, to);
  const hunks: (typeof changes)[] = [];
  for (const change of changes) {
    const last = hunks.at(-1)?.at(-1);
    const near = last && change.buffer1[0] - (last.buffer1[0] + last.buffer1[1]) <= 2 * CONTEXT;
    if (near) hunks.at(-1)?.push(change);
    else hunks.push([change]);
  }
  const sum = (side: "buffer1" | "buffer2") => changes.reduce((all, change) => all + change[side][1], 0);
  return {
    patch: hunks.map((hunk) => hunkOf(from, to, hunk)).join("\n"),
    additions: sum("buffer2"),
    deletions: sum("buffer1"),
  };
}

function hunkOf(from: string[], to: string[], changes: ReturnType<typeof diffIndices<string>>): string {
  const [first, last] = [changes[0]!, changes.at(-1)!];
  const start = Math.max(0, first.buffer1[0] - CONTEXT);
  const end = Math.min(from.length, last.buffer1[0] + last.buffer1[1] + CONTEXT);
  const shift = last.buffer2[0] + last.buffer2[1] - (last.buffer1[0] + last.buffer1[1]);
  const startTo = Math.max(0, start + first.buffer2[0] - first.buffer1[0]);
  const endTo = Math.min(to.length, end + shift);
  const out: string[] = [];
  let at = start;
  for (const { buffer1, buffer2 } of changes) {
    for (; at < buffer1[0]; at += 1) out.push(...lineOf(" ", from, at));
    for (; at < buffer1[0] + buffer1[1]; at += 1) out.push(...lineOf("-", from, at));
    for (let line = buffer2[0]; line < buffer2[0] + buffer2[1]; line += 1) out.push(...lineOf("+", to, line));
  }
  for (; at < end; at += 1) out.push(...lineOf(" ", from, at));
  const range = (from: number, to: number) => `${to > from ? from + 1 : from},${to - from}`;
  return [`@@ -${range(start, end)} +${range(startTo, endTo)} @@`, ...out].join("\n");
}

function lineOf(sign: " " | "-" | "+", lines: string[], at: number): string[] {
  const line = lines[at] ?? "";
  return line.endsWith("\n") ? [sign + line.slice(0, -1)] : [sign + line, "\\ No newline at end of file"];
}
