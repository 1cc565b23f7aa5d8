import { Buffer } from "node:buffer";
import type { MaskRules } from "../declaration.ts";
import type { Json, KubeObject } from "../object.ts";
import { formsOf, partsOf, SHORTEST } from "./forms.ts";
import { Search } from "./search.ts";
import { isHiddenAnnotation, isSecretField } from "./sensitive.ts";
import { HIDDEN } from "./token.ts";

/** Beyond this many values the oldest are forgotten: no object has shown them for long. */
const MOST_VALUES = 20_000;

/** Knows the secret values seen so far, in every form they may be written in, and takes them out of text. */
export class Scrubber {
  /** In order of age. */
  readonly #values = new Set<string>();
  #search = new Search();
  #revision = 0;
  readonly #learned: () => void;

  /** `learned` is called once it knows a first value. */
  constructor(learned: () => void = () => {}) {
    this.#learned = learned;
  }

  /** Grows whenever what is scrubbed changes: what was masked at the same one is masked alike. */
  get revision(): number {
    return this.#revision;
  }

  /** Whether there is nothing to scrub. */
  get knowsNothing(): boolean {
    return this.#revision === 0;
  }

  /** Remembers the secret values of an object. */
  learn(object: KubeObject, rules: MaskRules): void {
    for (const field of Object.keys(object)) {
      if (!isSecretField(object.kind, field)) continue;
      const values = object[field];
      for (const value of leaves(values as Json))
        if (field === "data") this.add(Buffer.from(value, "base64").toString("utf8"), value);
        else this.add(value);
    }
    const annotations: unknown = object.metadata?.annotations;
    if (annotations === null || typeof annotations !== "object") return;
    for (const name of Object.keys(annotations)) {
      const value: unknown = (annotations as Record<string, unknown>)[name];
      if (typeof value !== "string" || !isHiddenAnnotation(name, rules)) continue;
      if (rules.annotations.includes(name)) this.add(value);
      else this.#learnQuoted(value, rules);
    }
  }

  /** Remembers one value, given plain and, where it differs, as it was written. */
  add(plain: string, written: string = plain): void {
    if (plain.length < SHORTEST || this.#values.has(plain)) {
      if (written.length >= SHORTEST && plain.length >= SHORTEST) this.#lookFor(written);
      return;
    }
    this.#remember(plain);
    this.#lookFor(written);
    for (const part of partsOf(plain)) if (!this.#values.has(part)) this.#remember(part);
    if (this.#values.size > MOST_VALUES) this.#forgetOldest();
  }

  /** The text without any known value. */
  scrub(text: string): string {
    return this.#search.replace(text, HIDDEN);
  }

  #remember(value: string): void {
    this.#values.add(value);
    for (const form of formsOf(value)) this.#lookFor(form);
  }

  #lookFor(form: string): void {
    if (this.#search.add(form) && this.#revision++ === 0) this.#learned();
  }

  #forgetOldest(): void {
    for (const oldest of this.#values) {
      if (this.#values.size <= MOST_VALUES * 0.9) break;
      this.#values.delete(oldest);
    }
    this.#revision++;
    this.#search = new Search();
    for (const value of this.#values) for (const form of formsOf(value)) this.#search.add(form);
  }

  /** A last-applied annotation quotes the object that it is on, with its secrets. */
  #learnQuoted(text: string, rules: MaskRules): void {
    try {
      const quoted = JSON.parse(text) as KubeObject | null;
      if (quoted && typeof quoted === "object" && typeof quoted.kind === "string") this.learn(quoted, rules);
    } catch {
      // Not JSON: nothing in it can be told to be a secret.
    }
  }
}

/** The texts and numbers in a value, also where it is not the map of texts that it should be. */
function leaves(value: Json, depth = 0): string[] {
  if (typeof value === "string" || typeof value === "number") return [String(value)];
  if (value === null || typeof value !== "object" || depth > 200) return [];
  return Object.values(value).flatMap((one) => (one === undefined ? [] : leaves(one, depth + 1)));
}
