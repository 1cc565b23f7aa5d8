import { parseAllDocuments } from "yaml";
import type { KubeObject } from "../object.ts";

/** Reads objects from YAML documents, one JSON value, or JSON lines; lists (`kind: List`, arrays) are opened. */
export function readObjects(text: string): unknown[] {
  const trimmed = text.trimStart();
  const values =
    trimmed.startsWith("{") || trimmed.startsWith("[") ? (fromJson(text) ?? fromYaml(text)) : fromYaml(text);
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

function fromJson(text: string): unknown[] | null {
  try {
    return [JSON.parse(text)];
  } catch {
    const lines = text.split("\n").filter((line) => line.trim() !== "");
    try {
      return lines.map((line) => JSON.parse(line));
    } catch {
      return null;
    }
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
