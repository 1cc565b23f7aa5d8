import type { FieldChange } from "#lib/protocol/object.ts";

/** One line of a field diff, as YAML would have it; `change` is set on lines that carry a value. */
export type DiffLine = {
  kind: "context" | "del" | "add";
  indent: number;
  text: string;
  change?: FieldChange;
};

type Node = { segment: string; children: Map<string, Node>; change?: FieldChange };

/**
 * Draws differing fields as a YAML skeleton: the keys that lead to each, then what Git says (`del`)
 * and what the cluster has (`add`). Fields of one parent share its lines.
 */
export function changeLines(changes: readonly FieldChange[]): DiffLine[] {
  const root: Node = { segment: "", children: new Map() };
  for (const change of changes) {
    let node = root;
    for (const segment of pathSegments(change.path)) {
      let next = node.children.get(segment);
      if (!next) {
        next = { segment, children: new Map() };
        node.children.set(segment, next);
      }
      node = next;
    }
    node.change = change;
  }
  const lines: DiffLine[] = [];
  for (const child of root.children.values()) draw(child, 0, lines);
  return lines;
}

/** `spec.containers[name=a,b=c].image` → `spec`, `containers`, `[name=a,b=c]`, `image`; quoted keys stay whole. */
export function pathSegments(path: string): string[] {
  const segments: string[] = [];
  let word = "";
  let quote = false;
  let depth = 0;
  for (const char of path) {
    if (char === '"') quote = !quote;
    if (!quote && depth === 0 && (char === "." || char === "[")) {
      if (word) segments.push(word);
      word = "";
      if (char === ".") continue;
    }
    word += char;
    if (!quote && char === "[") depth += 1;
    if (!quote && char === "]") {
      depth = Math.max(0, depth - 1);
      if (depth === 0) {
        segments.push(word);
        word = "";
      }
    }
  }
  if (word) segments.push(word);
  return segments;
}

function draw(node: Node, indent: number, lines: DiffLine[]) {
  const bracket = /^\[(.*)\]$/s.exec(node.segment)?.[1];
  const quotedKey = bracket !== undefined && /^".*"$/s.test(bracket) ? bracket.slice(1, -1) : undefined;
  const item = bracket !== undefined && quotedKey === undefined;
  const label = item
    ? `- ${bracket.includes("=") ? bracket.replaceAll("=", ": ") : `# item ${bracket}`}`
    : `${quotedKey ?? node.segment}:`;
  if (node.change) {
    const { change } = node;
    const side = (kind: "del" | "add", value: unknown) => {
      const [first, ...rest] = yamlLines(value);
      const scalar = rest.length === 0 && !isContainer(value);
      lines.push({ kind, indent, text: item ? `- ${first}` : scalar ? `${label} ${first}` : label, change });
      for (const text of scalar ? [] : item ? rest : [first!, ...rest])
        lines.push({ kind, indent: indent + 1, text });
    };
    if (change.desired !== undefined) side("del", change.desired);
    if (change.observed !== undefined) side("add", change.observed);
    if (change.desired === undefined && change.observed === undefined)
      lines.push({ kind: "del", indent, text: label, change });
  } else {
    lines.push({ kind: "context", indent, text: label });
  }
  for (const child of node.children.values()) draw(child, indent + 1, lines);
}

const isContainer = (value: unknown) =>
  typeof value === "object" && value !== null && Object.keys(value).length > 0;

/** A value as YAML lines: block style for what has members, one line for the rest. */
export function yamlLines(value: unknown): string[] {
  if (Array.isArray(value) && value.length > 0)
    return value.flatMap((entry) =>
      yamlLines(entry).map((line, index) => `${index === 0 ? "- " : "  "}${line}`),
    );
  if (typeof value === "object" && value !== null && Object.keys(value).length > 0)
    return Object.entries(value).flatMap(([key, entry]) =>
      isContainer(entry)
        ? [`${key}:`, ...yamlLines(entry).map((line) => `  ${line}`)]
        : withKey(key, yamlLines(entry)),
    );
  if (typeof value === "string") {
    if (value.includes("\n"))
      return [
        "|",
        ...value
          .replace(/\n$/, "")
          .split("\n")
          .map((line) => `  ${line}`),
      ];
    return [plainString(value)];
  }
  return [JSON.stringify(value) ?? "null"];
}

const withKey = (key: string, [first, ...rest]: string[]) => [`${key}: ${first}`, ...rest];

/** Quoted only where YAML would read it as something else. */
function plainString(value: string): string {
  const plain =
    /^[A-Za-z0-9_./•][\w ./:@•+=-]*$/.test(value) &&
    !/: |^(true|false|null|yes|no|on|off|~)$|^[\d.+-]+$/i.test(value) &&
    !value.endsWith(":");
  return plain ? value : JSON.stringify(value);
}
