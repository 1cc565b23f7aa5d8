import type { Json } from "../object.ts";
import type { Limits } from "./limits.ts";
import { plainScalar } from "./yaml-scalar.ts";

type YamlLimits = Pick<Limits, "maxYamlNodes" | "maxYamlDepth">;
type Line = { indent: number; text: string; number: number };

/** Nothing else in a document, tabs and carriage returns included, for this reader to take it. */
const TAKEN = /^[\n\x20-\x7e\u00a1-\u167f\u3001-\ud7ff]*$/;
const ENTRY = /^([A-Za-z0-9_][A-Za-z0-9_./-]*|"[^"\\]*"|'[^']*'):(?: +(.*))?$/;
/** A text that no character at its start or within it makes anything else of. */
const PLAIN = /^(?!.*(?:: |:$))(?:[A-Za-z0-9_./$+~(=]|-[^ ])/;
const QUOTED = /^(?:"([^"\\]*)"|'([^']*)')(?: +#.*)?$/;

/**
 * Reads one document of the YAML that nearly all manifests are: block mappings and lists, texts on one line,
 * literal blocks, and anchors of what is in blocks. Undefined where there is anything else in it, or anything wrong: the whole parser, which takes ten
 * times as long and twenty times the memory, says what.
 */
export function readBlockYaml(text: string, limits: YamlLimits): { value: Json; line: number } | undefined {
  if (!TAKEN.test(text)) return undefined;
  try {
    return new BlockReader(text, limits).document();
  } catch (error) {
    // A number that JSON does not have is one, too.
    if (error === BEYOND || error instanceof RangeError) return undefined;
    throw error;
  }
}

const BEYOND = new Error("not for this reader");

class BlockReader {
  readonly #lines: string[];
  readonly #limits: YamlLimits;
  #at = 0;
  #nodes = 0;
  readonly #anchors = new Map<string, Json>();
  /** The line of content that is next. */
  #next: Line | undefined;

  constructor(text: string, limits: YamlLimits) {
    this.#lines = text.split("\n");
    this.#limits = limits;
    if (/^--- *$/.test(this.#lines[0] ?? "")) this.#at = 1;
    this.#advance();
  }

  document(): { value: Json; line: number } {
    const first = this.#next;
    if (!first || first.text.startsWith("-")) throw BEYOND;
    const value = this.#mapping(first.indent, 1);
    if (this.#next) throw BEYOND;
    return { value, line: first.number };
  }

  /** Goes to the next line that is neither empty nor a comment. */
  #advance(): void {
    for (; this.#at < this.#lines.length; this.#at++) {
      const line = this.#lines[this.#at] as string;
      let indent = 0;
      while (line.charCodeAt(indent) === 32) indent++;
      if (indent === line.length || line[indent] === "#") continue;
      this.#at++;
      this.#next = { indent, text: line.slice(indent).replace(/ +$/, ""), number: this.#at };
      return;
    }
    this.#next = undefined;
  }

  #count(depth: number): void {
    if (++this.#nodes > this.#limits.maxYamlNodes || depth > this.#limits.maxYamlDepth) throw BEYOND;
  }

  #mapping(indent: number, depth: number): Json {
    this.#count(depth);
    const out: { [key: string]: Json } = {};
    for (let line = this.#next; line && line.indent >= indent; line = this.#next) {
      if (line.indent > indent) throw BEYOND;
      const entry = ENTRY.exec(line.text);
      if (!entry) throw BEYOND;
      const key = keyOf(entry[1] as string);
      if (Object.hasOwn(out, key)) throw BEYOND;
      this.#count(depth + 1);
      out[key] = this.#value(entry[2] ?? "", indent, depth + 1);
    }
    return out;
  }

  /** What stands behind a key in a mapping at `indent`. */
  #value(rest: string, indent: number, depth: number): Json {
    if (rest === "|" || rest === "|-") return this.#literal(indent, rest === "|-", depth);
    this.#advance();
    const [, mark, name] = /^([&*])([A-Za-z0-9]+)$/.exec(rest) ?? [];
    if (mark === "*" && name) return this.#copy(this.#anchors.get(name), depth);
    if (!mark && rest !== "" && !rest.startsWith("#")) return this.#scalar(rest, depth);
    const value = this.#below(indent, depth);
    if (name && (value === null || this.#anchors.has(name))) throw BEYOND;
    if (name) this.#anchors.set(name, value);
    return value;
  }

  /** What stands below a key. */
  #below(indent: number, depth: number): Json {
    const next = this.#next;
    const isList = next && /^-( |$)/.test(next.text);
    if (next && isList && next.indent >= indent) return this.#list(next.indent, depth);
    if (next && next.indent > indent) return this.#mapping(next.indent, depth);
    this.#count(depth);
    return null;
  }

  #list(indent: number, depth: number): Json {
    this.#count(depth);
    const out: Json[] = [];
    for (let line = this.#next; line && line.indent >= indent; line = this.#next) {
      const item = line.indent === indent ? /^- +(\S.*)$/.exec(line.text) : null;
      if (!item) {
        // The mapping that the list is a value of goes on.
        if (line.indent === indent && !line.text.startsWith("-")) break;
        throw BEYOND;
      }
      const text = item[1] as string;
      if (ENTRY.test(text)) {
        const inner = indent + line.text.length - text.length;
        this.#next = { ...line, indent: inner, text };
        out.push(this.#mapping(inner, depth + 1));
      } else {
        this.#advance();
        out.push(this.#scalar(text, depth + 1));
      }
    }
    return out;
  }

  #scalar(text: string, depth: number): Json {
    this.#count(depth);
    if (text === "{}") return {};
    if (text === "[]") return [];
    const quoted = QUOTED.exec(text);
    if (quoted) return quoted[1] ?? (quoted[2] as string);
    const plain = text.replace(/ +#.*$/, "");
    if (!PLAIN.test(plain)) throw BEYOND;
    const value = plainScalar(plain);
    if (typeof value === "object" && value !== null) throw BEYOND;
    return value;
  }

  #copy(value: Json | undefined, depth: number): Json {
    if (value === undefined) throw BEYOND;
    this.#count(depth);
    if (value === null || typeof value !== "object") return value;
    if (Array.isArray(value)) return value.map((item) => this.#copy(item, depth + 1));
    const entries = Object.entries(value).map(([key, one]) => [key, this.#copy(one, depth + 1)]);
    return Object.fromEntries(entries);
  }

  #literal(parent: number, strips: boolean, depth: number): Json {
    this.#count(depth);
    const content: string[] = [];
    let indent = -1;
    for (; this.#at < this.#lines.length; this.#at++) {
      const line = this.#lines[this.#at] as string;
      const own = line.search(/[^ ]/);
      if (own < 0) {
        // Spaces before the first line, or more of them than it has, say something.
        if (line.length > Math.max(indent, 0)) throw BEYOND;
        content.push("");
        continue;
      }
      if (own <= parent) break;
      if (indent < 0) indent = own;
      if (own < indent) throw BEYOND;
      content.push(line.slice(indent));
    }
    if (indent < 0 || this.#lines.at(-1) !== "") throw BEYOND;
    while (content.at(-1) === "") content.pop();
    this.#advance();
    return content.join("\n") + (strips ? "" : "\n");
  }
}

/** A key that is text, and no number or truth value either. */
function keyOf(text: string): string {
  const quoted = text.startsWith('"') || text.startsWith("'");
  const key = quoted ? text.slice(1, -1) : text;
  if (key === "__proto__" || (!quoted && plainScalar(text) !== text)) throw BEYOND;
  return key;
}
