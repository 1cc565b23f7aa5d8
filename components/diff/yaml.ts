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
        blockHead(value),
        ...value
          .replace(/\n$/, "")
          .split("\n")
          .map((line) => `  ${line}`),
      ];
    return [plainString(value)];
  }
  return [JSON.stringify(value) ?? "null"];
}

/** How a block text begins: with its indentation where YAML could not tell, and whether its end is a new line. */
const blockHead = (text: string) =>
  `|${/^\s/.test(text) ? "2" : ""}${text.endsWith("\n\n") ? "+" : text.endsWith("\n") ? "" : "-"}`;

const withKey = (key: string, [first, ...rest]: string[]) => [`${key}: ${first}`, ...rest];

/** Quoted only where YAML would read it as something else. */
function plainString(value: string): string {
  const plain =
    /^[A-Za-z0-9_./•][\w ./:@•+=-]*$/.test(value) &&
    !/: |^(true|false|null|yes|no|on|off|y|n|~|\.inf|\.nan)$|^[\d_.:+-]+$/i.test(value) &&
    Number.isNaN(Number(value)) &&
    !value.endsWith(":");
  return plain ? value : JSON.stringify(value);
}
