import { posix } from "node:path";

type Rule = { negated: boolean; directoryOnly: boolean; matches: (path: string) => boolean };

/** Reads a `.helmignore`: which chart files Helm does not load. Rules as in Helm's pkg/ignore (no `**`). */
export function helmIgnore(text: string): (path: string, isDirectory: boolean) => boolean {
  const rules = [...text.split(/\r?\n/), "templates/.?*"].flatMap((line) => ruleOf(line.trim()));
  return (path, isDirectory) => {
    for (const rule of rules) {
      if (rule.negated ? !rule.matches(path) : rule.matches(path)) {
        if (rule.directoryOnly && !isDirectory) continue;
        return true;
      }
    }
    return false;
  };
}

function ruleOf(line: string): Rule[] {
  if (line === "" || line.startsWith("#") || line === "!" || line === "/") return [];
  const negated = line.startsWith("!");
  let pattern = negated ? line.slice(1) : line;
  const directoryOnly = pattern.endsWith("/");
  if (directoryOnly) pattern = pattern.slice(0, -1);
  const rooted = pattern.startsWith("/");
  if (rooted) pattern = pattern.slice(1);
  const whole = glob(pattern);
  const matches =
    rooted || pattern.includes("/")
      ? (path: string) => whole.test(path)
      : (path: string) => whole.test(posix.basename(path));
  return [{ negated, directoryOnly, matches }];
}

function glob(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|\\]/g, "\\$&")
    .replaceAll("*", "[^/]*")
    .replaceAll("?", "[^/]");
  try {
    return new RegExp(`^${source}$`);
  } catch {
    return /^(?!)/;
  }
}
