import { readFileSync, statSync } from "node:fs";
import { LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { Declaration, DeclarationFile } from "./declaration.ts";

/** The usable environments, and each entry that is not with the sentence that says why. */
export type Declared = {
  /** Null where the whole file cannot be used: what was declared before stays in force. */
  environments: Declaration[] | null;
  invalid: { name: string; message: string }[];
};

/** Reads the text of an environments file; a bad entry is one bad entry, and never stops the others. */
export function parseEnvironments(text: string): Declared {
  let content = jsonOf(text);
  if (content === undefined) {
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: true });
    const broken = document.errors[0];
    if (broken) {
      const line = broken.linePos?.[0].line ?? 1;
      return unusable(`The environments file is not YAML (line ${line}): ${firstLine(broken.message)}`);
    }
    content = document.toJS({ maxAliasCount: 100 });
  }
  const file = DeclarationFile.safeParse(content ?? { environments: [] });
  if (!file.success) return unusable(`The environments file cannot be used: ${complaint(file.error)}`);

  const environments: Declaration[] = [];
  const invalid: Declared["invalid"] = [];
  file.data.environments.forEach((entry, index) => {
    const parsed = Declaration.safeParse(entry);
    const name = nameOf(entry) ?? `environment ${index + 1}`;
    if (!parsed.success) {
      const message = `Environment ${name} is not declared properly: ${complaint(parsed.error)}.`;
      invalid.push({ name: name.slice(0, 253), message: message.slice(0, 2000) });
    } else if (environments.some((other) => other.name === parsed.data.name)) {
      invalid.push({ name, message: `Environment ${name} is declared twice; the first declaration counts.` });
    } else environments.push(parsed.data);
  });
  return { environments, invalid };
}

/**
 * Follows the environments file: calls `changed` at once and whenever its content is another one. It looks
 * at the file behind the symbolic links, since a ConfigMap's update swaps a link and touches no file.
 */
export function followEnvironments(
  file: string,
  changed: (declared: Declared) => void,
  everyMs = 1000,
): { stop: () => void } {
  let seen = "";
  let content: string | null = null;
  const look = () => {
    const stamp = stampOf(file);
    if (stamp === seen) return;
    seen = stamp;
    const text = readText(file);
    if (text !== null && text === content) return;
    content = text;
    changed(
      text === null
        ? unusable(`The environments file ${file} cannot be read; check that it is mounted.`)
        : parseEnvironments(text),
    );
  };
  look();
  const timer = setInterval(look, everyMs);
  return { stop: () => clearInterval(timer) };
}

/**
 * What the text says where it is JSON, as the chart writes it: that takes a hundredth of the time. Undefined where it
 * is not, or names a key twice.
 */
function jsonOf(text: string): unknown {
  if (!text.trimStart().startsWith("{")) return undefined;
  try {
    const content: unknown = JSON.parse(text);
    const named = [...text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)].filter((match) => match[1] !== undefined);
    return keysIn(content) === named.length ? content : undefined;
  } catch {
    return undefined;
  }
}

function keysIn(value: unknown): number {
  if (value === null || typeof value !== "object") return 0;
  const parts = Object.values(value);
  return parts.reduce<number>((sum, part) => sum + keysIn(part), Array.isArray(value) ? 0 : parts.length);
}

function stampOf(file: string): string {
  try {
    const { ino, mtimeMs, size } = statSync(file);
    return `${ino} ${mtimeMs} ${size}`;
  } catch {
    return "missing";
  }
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}

const unusable = (message: string): Declared => ({
  environments: null,
  invalid: [{ name: "environments file", message: message.slice(0, 2000) }],
});

const nameOf = (entry: unknown): string | undefined => {
  const name = (entry as { name?: unknown } | null)?.name;
  return typeof name === "string" && name !== "" ? name : undefined;
};

const firstLine = (text: string) => text.split("\n", 1)[0] ?? text;

/** Every issue with its place; never the value, which may be a credential put into the wrong field. */
const complaint = (error: z.ZodError) =>
  error.issues
    .map((issue) => (issue.path.length > 0 ? `${issue.path.join(".")}: ${issue.message}` : issue.message))
    .join("; ");
