import type { Json } from "../object.ts";
import type { Limits } from "./limits.ts";
import type { RepositoryTree } from "./repository-tree.ts";
import { yamlDocuments } from "./yaml-documents.ts";

/** Shorter values would redact words of the message itself. */
const MIN_LENGTH = 4;

/**
 * Values of Secrets that stand in the inputs, whatever a secretGenerator reads, and all of the values
 * files given: not to be quoted.
 */
export function secretsInFiles(
  tree: RepositoryTree,
  limits: Limits,
  valuesFiles: string[] = [],
): Set<string> {
  const secrets = new Set<string>();
  for (const [path, content] of tree.files) {
    const text = content.toString("utf8");
    if (!/\.(ya?ml|json)$/.test(path) && !/kustomization$/i.test(path)) {
      if (!path.includes("templates/")) addLines(secrets, text);
      continue;
    }
    try {
      for (const { value } of yamlDocuments(text, limits)) {
        const { kind, data, stringData, secretGenerator } = (value ?? {}) as {
          [key: string]: Json | undefined;
        };
        if (valuesFiles.includes(path)) addLeaves(secrets, value);
        if (kind === "Secret") addLeaves(secrets, [data ?? null, stringData ?? null]);
        if (secretGenerator !== undefined) addLeaves(secrets, secretGenerator);
      }
    } catch {
      // What does not parse may hold a Secret all the same; a template never parses.
      if (!path.includes("templates/") || /kind: *Secret/.test(text)) addLines(secrets, text);
    }
  }
  // A message must still name the files it is about.
  const names = [...tree.files.keys()].join("\n");
  for (const secret of secrets) if (names.includes(secret)) secrets.delete(secret);
  return secrets;
}

/** Adds every text in a value, and its base64 form; of `KEY=value` also the value. */
export function addLeaves(secrets: Set<string>, value: Json): void {
  if (typeof value === "string") addText(secrets, value);
  else if (typeof value === "number") addText(secrets, String(value));
  else if (Array.isArray(value)) for (const item of value) addLeaves(secrets, item);
  else if (value !== null && typeof value === "object")
    for (const item of Object.values(value)) addLeaves(secrets, item as Json);
}

function addLines(secrets: Set<string>, text: string): void {
  for (const line of text.split("\n")) {
    const value = /^\s*[\w.-]+\s*[:=]\s*(.+)$/.exec(line)?.[1] ?? line;
    addText(secrets, value.trim().replace(/^["']|["']$/g, ""));
  }
}

function addText(secrets: Set<string>, text: string): void {
  const parts = [text, ...text.split("\n"), text.slice(text.indexOf("=") + 1)];
  for (const part of parts.map((part) => part.trim())) {
    if (part.length < MIN_LENGTH) continue;
    secrets.add(part);
    secrets.add(Buffer.from(part).toString("base64"));
  }
}
