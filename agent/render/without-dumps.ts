// How Go and JSON begin to print an object: %#v, %v of a map, and a JSON mapping.
const BEGINS = /(?:&?[\w.]+\{)?map\[\w+\]\s*interface \{\}\{|map\[(?!\w+\]|interface \{\}\])|\{\s*"/g;
const CLOSES: Record<string, string> = { "{": "}", "[": "]", "(": ")" };

/** Replaces every object that an engine printed whole into its message: it may be a Secret. */
export function withoutDumps(text: string): string {
  let out = "";
  let at = 0;
  for (;;) {
    BEGINS.lastIndex = at;
    const match = BEGINS.exec(text);
    if (!match) return out + text.slice(at);
    out += `${text.slice(at, match.index)}(an object)`;
    at = endOf(text, match.index);
  }
}

/** Where the brackets that open at or after `from` are all closed again; the text's end where they never are. */
function endOf(text: string, from: number): number {
  const open: string[] = [];
  for (let at = from; at < text.length; at++) {
    const char = text[at]!;
    if (char === '"') {
      at++;
      while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
    } else if (CLOSES[char]) open.push(CLOSES[char]);
    else if (char === open.at(-1)) {
      open.pop();
      // `map[string]interface {}{…}` closes twice before its content begins.
      if (open.length === 0 && !/^\s*(interface \{\}|\{)/.test(text.slice(at + 1, at + 20))) return at + 1;
    }
  }
  return text.length;
}
