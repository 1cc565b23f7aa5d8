import { parseAllDocuments } from "yaml";
import type { KubeObject } from "../object.ts";

/** Reads objects from YAML documents, one JSON value, or JSON lines; lists (`kind: List`, arrays) are opened. */
export function readObjects(text: string): unknown[] {
  const trimmed = text.trimStart();
  const values = /^([[{]|null\s)/.test(trimmed) ? (fromJson(trimmed) ?? fromYaml(text)) : fromYaml(text);
  return values.flatMap(opened);
}

/** Whether a value is something that has a kind. */
export function isObject(value: unknown): value is KubeObject {
  const { kind, metadata } = (value ?? {}) as Partial<KubeObject>;
  return (
    typeof kind === "string" &&
    (metadata === undefined || (typeof metadata === "object" && metadata !== null))
  );
}

/** One JSON value, JSON lines, or JSON values written one after the other; null for what is no JSON. */
function fromJson(text: string): unknown[] | null {
  const whole = parseJson(text);
  if (whole) return [whole.value];
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const [first] = lines;
  // A line that is no JSON spoils its own object and no other.
  if (first !== undefined && parseJson(first)) return lines.map((line) => parseJson(line)?.value ?? line);
  const values = text.split(/(?<=^[}\]])[ \t\r]*$/m).filter((part) => part.trim() !== "");
  const parsed = values.map(parseJson);
  return parsed.every((one) => one !== null) ? parsed.map(({ value }) => value) : null;
}

function parseJson(text: string): { value: unknown } | null {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return null;
  }
}

function fromYaml(text: string): unknown[] {
  const documents = parseAllDocuments(text, { prettyErrors: true, strict: false, uniqueKeys: false });
  if (!Array.isArray(documents)) return [];
  return documents.flatMap((document) => {
    const [error] = document.errors;
    if (error) throw new Error(`The input is not YAML: ${error.message.split("\n", 1)[0]}`);
    return document.contents === null ? [] : [document.toJS({ maxAliasCount: 1000 })];
  });
}

function opened(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap(opened);
  const { kind, items } = (value ?? {}) as { kind?: unknown; items?: unknown };
  return typeof kind === "string" && kind.endsWith("List") && Array.isArray(items)
    ? items.flatMap(opened)
    : [value];
}
