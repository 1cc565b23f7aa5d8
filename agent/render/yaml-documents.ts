import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  Scalar,
} from "yaml";
import type { Json } from "../object.ts";
import { readBlockYaml } from "./block-yaml.ts";
import { twiceComplaint, yamlComplaint } from "./yaml-complaint.ts";
import { plainScalar, type ScalarValue, taggedScalar } from "./yaml-scalar.ts";

/** One document that is not empty, with the line (from 1) of its first content; `text` is as it stands in the file. */
export type YamlDocument = {
  value: Json;
  line: number;
  text: string;
  /** Line of the first whole number that had to be rounded. */
  inexactLine?: number;
};

export type YamlLimits = { maxYamlNodes: number; maxYamlDepth: number };

/** YAML that cannot be used. The sentence never quotes a value: it may be part of a Secret. */
export class YamlError extends Error {
  readonly line: number;
  readonly column: number;
  constructor(sentence: string, line: number, column: number) {
    super(sentence);
    this.line = line;
    this.column = column;
  }
}

/** Reads documents one by one, as kubectl would read them, but refusing duplicate keys and runaway aliases. */
export function* yamlDocuments(text: string, limits: YamlLimits): Generator<YamlDocument> {
  const whole = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  let line = 1;
  for (const chunk of chunks(whole)) {
    yield* documentsOf(chunk, line, limits);
    for (let at = chunk.indexOf("\n"); at >= 0; at = chunk.indexOf("\n", at + 1)) line++;
  }
}

/** Splits before each `---`, which YAML gives no other meaning at the start of a line. */
function chunks(text: string): string[] {
  const cuts = [0];
  for (const match of text.matchAll(/^---(?=[\s]|$)/gm)) if (match.index > 0) cuts.push(match.index);
  return cuts.map((cut, at) => text.slice(cut, cuts[at + 1]));
}

function* documentsOf(chunk: string, firstLine: number, limits: YamlLimits): Generator<YamlDocument> {
  if (!/^(?!\s*(#|---\s*(#|$)|$)).*\S/m.test(chunk)) return;
  const plain = readBlockYaml(chunk, limits);
  if (plain) {
    yield { value: plain.value, line: firstLine + plain.line - 1, text: chunk };
    return;
  }
  yield* parsedDocuments(chunk, firstLine, limits);
}

/** Reads whatever is YAML, and says what is wrong with what is not. */
export function* parsedDocuments(
  chunk: string,
  firstLine: number,
  limits: YamlLimits,
): Generator<YamlDocument> {
  const counter = new LineCounter();
  let documents: Document.Parsed[];
  try {
    const parsed = parseAllDocuments(chunk, {
      version: "1.1",
      schema: "failsafe",
      merge: false,
      // The reader looks for keys that stand twice, in a set instead of pair by pair.
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: "error",
      lineCounter: counter,
    });
    documents = "empty" in parsed ? [] : parsed;
  } catch (error) {
    if (error instanceof RangeError) throw new YamlError("it is nested too deeply", firstLine, 1);
    throw error;
  }
  for (const document of documents) {
    const [fault] = document.errors;
    if (fault) {
      const { line, col } = counter.linePos(fault.pos[0]);
      throw new YamlError(yamlComplaint(fault.code), firstLine + line - 1, col);
    }
    const contents = document.contents as Node | null;
    if (contents === null) continue;
    const reader = new Reader(counter, firstLine, limits);
    const value = reader.read(contents, 1);
    if (value === null) continue;
    const line = reader.lineOf(contents);
    yield {
      value,
      line,
      text: chunk,
      ...(reader.inexactLine === undefined ? {} : { inexactLine: reader.inexactLine }),
    };
  }
}

class Reader {
  inexactLine: number | undefined;
  #nodes = 0;
  readonly #anchors = new Map<string, Node>();
  readonly #open = new Set<Node>();
  readonly #counter: LineCounter;
  readonly #firstLine: number;
  readonly #limits: YamlLimits;

  constructor(counter: LineCounter, firstLine: number, limits: YamlLimits) {
    this.#counter = counter;
    this.#firstLine = firstLine;
    this.#limits = limits;
  }

  lineOf(node: Node): number {
    return this.#firstLine + this.#counter.linePos(node.range?.[0] ?? 0).line - 1;
  }

  #fail(node: Node, sentence: string): YamlError {
    const { col } = this.#counter.linePos(node.range?.[0] ?? 0);
    return new YamlError(sentence, this.lineOf(node), col);
  }

  read(node: Node | null, depth: number): Json {
    if (node === null) return null;
    if (++this.#nodes > this.#limits.maxYamlNodes)
      throw this.#fail(node, `its aliases expand to more than ${this.#limits.maxYamlNodes} values`);
    if (depth > this.#limits.maxYamlDepth)
      throw this.#fail(node, `it is nested deeper than ${this.#limits.maxYamlDepth} levels`);
    if (isAlias(node)) {
      const target = this.#anchors.get(node.source);
      if (!target) throw this.#fail(node, `the alias *${node.source} has no anchor before it`);
      if (this.#open.has(target)) throw this.#fail(node, `the anchor &${node.source} contains itself`);
      return this.read(target, depth);
    }
    if ("anchor" in node && node.anchor) this.#anchors.set(node.anchor, node);
    if (isScalar(node)) return this.#scalar(node);
    this.#open.add(node);
    try {
      if (isSeq(node)) return node.items.map((item) => this.read(item as Node | null, depth + 1));
      if (isMap(node)) return this.#map(node as never, depth);
    } finally {
      this.#open.delete(node);
    }
    throw this.#fail(node, "it holds something that is neither text, list nor mapping");
  }

  #map(node: { items: { key: Node | null; value: Node | null }[] } & Node, depth: number): Json {
    const out: Record<string, Json> = {};
    const own = new Set<string>();
    for (const { key, value } of node.items) {
      const merges = isScalar(key) && key.type === Scalar.PLAIN && key.source === "<<" && value !== null;
      const name = merges ? "<<" : this.#key(key, node, depth);
      if (own.has(name)) throw this.#fail(key ?? node, twiceComplaint(name));
      own.add(name);
      if (merges) {
        Object.assign(out, this.#merge(value, depth));
        continue;
      }
      const read = this.read(value, depth + 1);
      // An own property even where the key is __proto__.
      Object.defineProperty(out, name, { value: read, enumerable: true, configurable: true, writable: true });
    }
    return out;
  }

  #key(key: Node | null, map: Node, depth: number): string {
    const value = key === null ? null : this.read(key, depth + 1);
    if (value === null) throw this.#fail(key ?? map, "a mapping has an empty key");
    if (typeof value === "object")
      throw this.#fail(key ?? map, "a mapping has a key that is itself a list or a mapping");
    if (typeof value !== "number") return String(value);
    // As Go writes numbers: an exponent has two digits at least.
    return String(value).replace(/e([+-])(\d)$/, "e$10$2");
  }

  #merge(node: Node, depth: number): Record<string, Json> {
    const value = this.read(node, depth + 1);
    const parts = Array.isArray(value) ? value : [value];
    const merged: Record<string, Json> = {};
    for (const part of parts.toReversed()) {
      if (part === null || typeof part !== "object" || Array.isArray(part))
        throw this.#fail(node, "a merge key (<<) needs a mapping or a list of mappings");
      Object.assign(merged, part);
    }
    return merged;
  }

  #scalar(node: Scalar): Json {
    const text = typeof node.value === "string" ? node.value : (node.source ?? "");
    const tag = /^tag:yaml\.org,2002:(\w+)$/.exec(node.tag ?? "")?.[1];
    let value: ScalarValue | undefined;
    try {
      if (tag !== undefined && tag !== "str") value = taggedScalar(tag, text);
      else if (node.tag || (node.type !== Scalar.PLAIN && node.type !== undefined)) value = text;
      else value = plainScalar(text);
    } catch (error) {
      throw this.#fail(node, (error as Error).message);
    }
    if (value === undefined) throw this.#fail(node, `a value is tagged !!${tag} and is not one`);
    if (typeof value !== "object" || value === null) return value;
    this.inexactLine ??= this.lineOf(node);
    return value.inexact;
  }
}
