/** What was typed, as the statements look for it. */
export type Wanted = {
  /** Lower case, at most eight. */
  words: string[];
  /** A `like` pattern for each word, that holds anywhere. */
  anywhere: string[];
  /** The first word as a stretch of an index in "C" order. */
  first: { from: string; until: string };
  /** The first word, where it may begin a revision. */
  sha: { from: string; until: string } | null;
  /** The first word, where it may be a pull request's number. */
  number: number | null;
};

const longest = 200;

/** Reads what was typed; null where there is nothing to look for. */
export function wantedOf(text: string): Wanted | null {
  const words = text
    .slice(0, longest)
    .replaceAll("\0", "")
    .toLowerCase()
    .split(/\s+/)
    .filter(Boolean)
    .slice(0, 8);
  const [first] = words;
  if (!first) return null;
  const digits = /^#?(\d{1,9})$/.exec(first)?.[1];
  return {
    words,
    anywhere: words.map((word) => `%${word.replace(/[\\%_]/g, "\\$&")}%`),
    first: stretch(first),
    sha: /^[0-9a-f]{4,64}$/.test(first) ? { from: first, until: `${first}g` } : null,
    number: digits === undefined ? null : Number(digits),
  };
}

/** All that begins with `word`: the last character of Unicode ends the stretch. */
const stretch = (word: string) => ({ from: word, until: `${word}\u{10ffff}` });
