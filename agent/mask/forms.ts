import { Buffer } from "node:buffer";

/** Shorter values ("admin") would make every other text unreadable, and are guessed anyway. */
export const SHORTEST = 6;
/** A part of a value has to be longer to be a secret by itself. */
const SHORTEST_PART = 8;

/** How a value may be written in a message: as it is, in JSON, in a URL, in base64 at each alignment, in hex. */
export function formsOf(value: string): Set<string> {
  const forms = new Set([value, value.trim()]);
  for (const form of [...forms]) {
    const json = JSON.stringify(form).slice(1, -1);
    forms.add(json).add(JSON.stringify(json).slice(1, -1));
    // Go's encoder writes <, > and & as \u003c and so on.
    forms.add(json.replace(/[<>&]/g, (one) => `\\u00${one.charCodeAt(0).toString(16)}`));
    // Go and YAML quote with single quotes doubled.
    forms.add(form.replaceAll("'", "''"));
    const wellFormed = form.toWellFormed();
    for (const url of [encodeURIComponent(wellFormed), encodeURI(wellFormed), query(wellFormed)])
      forms.add(url).add(url.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()));
    const bytes = Buffer.from(form, "utf8");
    forms.add(bytes.toString("hex"));
    for (const encoding of ["base64", "base64url"] as const)
      for (const offset of [0, 1, 2]) forms.add(base64Core(bytes, offset, encoding));
  }
  for (const form of forms) if (form.length < SHORTEST) forms.delete(form);
  return forms;
}

/** What of a value is a secret by itself: lines, JSON's texts, what follows `KEY=`, a URL's password. */
export function partsOf(value: string): Set<string> {
  const parts = new Set<string>();
  if (value.length > 256 * 1024) return parts;
  const add = (part: string) => {
    if (part.length >= SHORTEST_PART && part !== value && !/^-----/.test(part)) parts.add(part);
  };
  if (value.includes("\n")) for (const line of value.split(/\r?\n/)) addLine(line.trim(), add);
  else addLine(value, add);
  for (const [, password = ""] of value.matchAll(/:\/\/[^\s:/@]*:([^\s@]+)@/g)) add(password);
  if (/^\s*[[{]/.test(value)) addJson(value, add);
  return parts;
}

function addLine(line: string, add: (part: string) => void): void {
  if (line.length >= SHORTEST_PART * 2) add(line);
  const assigned = /^(?:export\s+)?[\w.-]+\s*[=:]\s*(.+)$/.exec(line)?.[1];
  if (assigned) add(assigned.replace(/^(["'])(.*)\1$/, "$2"));
}

function addJson(text: string, add: (part: string) => void): void {
  try {
    JSON.parse(text, (_, part: unknown) => {
      if (typeof part === "string") add(part);
      return part;
    });
  } catch {
    // Not JSON after all.
  }
}

function query(text: string): string {
  return new URLSearchParams({ v: text }).toString().slice(2);
}

/** The characters of a value's base64 that do not depend on what stands before and after it. */
function base64Core(bytes: Buffer, offset: number, encoding: "base64" | "base64url"): string {
  const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString(encoding)
    .replace(/=+$/, "");
  const start = offset === 0 ? 0 : offset + 1;
  return encoded.slice(start, Math.floor(((offset + bytes.length) * 8) / 6));
}
