import { Buffer } from "node:buffer";
import type { MaskRules } from "../declaration.ts";
import type { Json, KubeObject } from "../object.ts";
import { isHiddenAnnotation, isSecretKind } from "./sensitive.ts";
import { HIDDEN } from "./token.ts";

/** Shorter values ("admin") would make every other text unreadable, and are guessed anyway. */
const SHORTEST = 6;
/** Beyond this the oldest are forgotten: a value that no object has shown for so long is no one's secret. */
const MOST = 50_000;

/** Knows the secret values seen so far and takes them out of text. */
export class Scrubber {
  /** Every written form of every value; insertion order is age. */
  readonly #forms = new Set<string>();
  #search: Search | undefined;

  /** Remembers the secret values of an object. */
  learn(object: KubeObject, rules: MaskRules): void {
    if (isSecretKind(object.kind)) {
      for (const value of leaves(object.data)) this.add(decoded(value), value);
      for (const value of leaves(object.stringData)) this.add(value);
    }
    const annotations = object.metadata?.annotations;
    if (annotations && typeof annotations === "object")
      for (const name of Object.keys(annotations)) {
        const value = annotations[name];
        if (typeof value !== "string" || !isHiddenAnnotation(name, rules)) continue;
        if (rules.annotations.includes(name)) this.add(value);
        else this.#learnQuoted(value, rules);
      }
  }

  /** Remembers one value, given plain and, where it differs, as it was written. */
  add(plain: string, written: string = plain): void {
    if (plain.length < SHORTEST) return;
    if (this.#forms.has(plain) && this.#forms.has(written)) return;
    for (const form of formsOf(plain)) this.#forms.add(form);
    if (written.length >= SHORTEST) this.#forms.add(written);
    for (const oldest of this.#forms) {
      if (this.#forms.size <= MOST) break;
      this.#forms.delete(oldest);
    }
    this.#search = undefined;
  }

  /** The text without any known value. */
  scrub(text: string): string {
    if (this.#forms.size === 0 || text.length < SHORTEST) return text;
    this.#search ??= new Search(this.#forms);
    return this.#search.replace(text, HIDDEN);
  }

  #learnQuoted(text: string, rules: MaskRules): void {
    try {
      const quoted = JSON.parse(text) as KubeObject;
      if (quoted && typeof quoted === "object" && typeof quoted.kind === "string") this.learn(quoted, rules);
    } catch {
      // Not JSON: nothing that could be told apart as a secret.
    }
  }
}

/** Finds any of many strings: by their first six characters, then the longest that matches there. */
class Search {
  readonly #byStart = new Map<string, string[]>();

  constructor(forms: Iterable<string>) {
    for (const form of forms) {
      const start = form.slice(0, SHORTEST);
      const same = this.#byStart.get(start);
      if (same) same.push(form);
      else this.#byStart.set(start, [form]);
    }
    for (const same of this.#byStart.values()) same.sort((a, b) => b.length - a.length);
  }

  replace(text: string, replacement: string): string {
    let result = "";
    let copied = 0;
    for (let at = 0; at + SHORTEST <= text.length; ) {
      const form = this.#byStart.get(text.slice(at, at + SHORTEST))?.find((one) => text.startsWith(one, at));
      if (form === undefined) {
        at++;
        continue;
      }
      result += text.slice(copied, at) + replacement;
      at += form.length;
      copied = at;
    }
    return copied === 0 ? text : result + text.slice(copied);
  }
}

function leaves(value: Json | undefined): string[] {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return [];
  return Object.values(value).flatMap((one) =>
    typeof one === "string" ? [one] : typeof one === "number" ? [String(one)] : [],
  );
}

function decoded(base64: string): string {
  return Buffer.from(base64, "base64").toString("utf8");
}

/** How a value may be written in a message: as it is, in JSON, in a URL, in base64 at each alignment, in hex. */
function formsOf(value: string): string[] {
  const forms = new Set([value]);
  const trimmed = value.trim();
  if (trimmed.length >= SHORTEST) forms.add(trimmed);
  for (const line of value.split(/\r?\n/)) if (line.trim().length >= SHORTEST * 2) forms.add(line.trim());
  for (const form of [...forms]) {
    const json = JSON.stringify(form).slice(1, -1);
    forms.add(json).add(JSON.stringify(json).slice(1, -1));
    // Go's encoder writes <, > and & as \u003c and so on.
    forms.add(json.replace(/[<>&]/g, (one) => `\\u00${one.charCodeAt(0).toString(16)}`));
    forms.add(wellFormed(form, encodeURIComponent)).add(wellFormed(form, encodeURI));
    forms.add(new URLSearchParams({ v: form }).toString().slice(2));
    const bytes = Buffer.from(form, "utf8");
    forms.add(bytes.toString("hex"));
    for (const encoding of ["base64", "base64url"] as const)
      for (const offset of [0, 1, 2]) {
        const inner = base64Core(bytes, offset, encoding);
        if (inner.length >= SHORTEST) forms.add(inner);
      }
  }
  return [...forms].filter((form) => form.length >= SHORTEST);
}

function wellFormed(text: string, encode: (text: string) => string): string {
  return encode(text.toWellFormed());
}

/** The characters of a value's base64 that do not depend on what stands before and after it. */
function base64Core(bytes: Buffer, offset: number, encoding: "base64" | "base64url"): string {
  const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString(encoding)
    .replace(/=+$/, "");
  const start = offset === 0 ? 0 : offset + 1;
  const whole = Math.floor(((offset + bytes.length) * 8) / 6);
  return encoded.slice(start, whole);
}
