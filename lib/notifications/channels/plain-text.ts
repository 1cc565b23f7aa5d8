// Line and paragraph separators, and every control character but the line feed.
const BREAKS = /\r\n?|[\u2028\u2029\u0085]/gu;
const CONTROLS = /[\p{Cc}--\n]/gv;
// What is not seen but changes how the rest is read: marks that turn text around, zero-width characters, tags.
const UNSEEN =
  /[\u00AD\u061C\u180E\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E007F}]/gu;

/** Untrusted text as its reader should see it: no control, bidirectional or unseen character; line feeds stay. */
export function plainText(text: string): string {
  return text
    .toWellFormed()
    .replace(BREAKS, "\n")
    .replace(CONTROLS, " ")
    .replace(UNSEEN, "")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

/** The same on one line, cut at `limit` characters without splitting one: for titles, subjects and headers. */
export function oneLine(text: string, limit = 300): string {
  return cut(plainText(text).replace(/\s+/g, " "), limit);
}

/** At most `limit` UTF-16 units, the last one an ellipsis where something was cut. */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  return `${text
    .slice(0, limit - 1)
    .replace(/[\uD800-\uDBFF]$/, "")
    .trimEnd()}…`;
}
