import { parseDocument } from "yaml";
import { isMap, type Json, type JsonMap } from "./json.ts";
import { badRequest } from "./status.ts";

/** A parsed request body, and the fields that appeared twice in it. */
export interface ParsedBody {
  value: Json;
  duplicates: string[];
}

/** Parses JSON, or YAML where the media type says so, and notes duplicate fields. */
export function parseBody(text: string, mediaType: string): ParsedBody {
  if (mediaType.includes("yaml") && !/^\s*[{[]/.test(text)) return parseYaml(text);
  try {
    return new JsonReader(text).read();
  } catch (error) {
    if (mediaType.includes("yaml")) return parseYaml(text);
    throw badRequest((error as Error).message);
  }
}

/** Parses a body that must be a JSON object. */
export function parseObject(text: string, mediaType: string): ParsedBody & { value: JsonMap } {
  const { value, duplicates } = parseBody(text, mediaType);
  if (!isMap(value)) throw badRequest("the request body is not a JSON object");
  return { value, duplicates };
}

function parseYaml(text: string): ParsedBody {
  const document = parseDocument(text, { uniqueKeys: false, schema: "yaml-1.1" });
  const error = document.errors[0];
  if (error) throw badRequest(`error decoding YAML: ${error.message}`);
  return { value: document.toJS() as Json, duplicates: [] };
}

/** JSON.parse, kept honest by a second pass over the text for duplicate keys. */
class JsonReader {
  readonly #text: string;
  readonly #duplicates: string[] = [];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): ParsedBody {
    const value = JSON.parse(this.#text) as Json;
    this.#value("");
    return { value, duplicates: this.#duplicates };
  }

  #space(): void {
    while (/\s/.test(this.#text[this.#at] ?? "")) this.#at++;
  }

  #value(path: string): void {
    this.#space();
    const start = this.#text[this.#at];
    if (start === "{") this.#object(path);
    else if (start === "[") this.#array(path);
    else if (start === '"') this.#string();
    else while (/[^\s,\]}]/.test(this.#text[this.#at] ?? " ")) this.#at++;
    this.#space();
  }

  #object(path: string): void {
    const seen = new Set<string>();
    this.#at++;
    this.#space();
    while (this.#text[this.#at] !== "}") {
      this.#space();
      const key = this.#string();
      const below = path ? `${path}.${key}` : key;
      if (seen.has(key)) this.#duplicates.push(below);
      seen.add(key);
      this.#space();
      this.#at++;
      this.#value(below);
      if (this.#text[this.#at] === ",") this.#at++;
    }
    this.#at++;
  }

  #array(path: string): void {
    this.#at++;
    this.#space();
    for (let i = 0; this.#text[this.#at] !== "]"; i++) {
      this.#value(`${path}[${i}]`);
      if (this.#text[this.#at] === ",") this.#at++;
    }
    this.#at++;
  }

  #string(): string {
    const start = this.#at++;
    while (this.#text[this.#at] !== '"') this.#at += this.#text[this.#at] === "\\" ? 2 : 1;
    this.#at++;
    return JSON.parse(this.#text.slice(start, this.#at)) as string;
  }
}
