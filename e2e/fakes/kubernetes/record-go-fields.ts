import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

/**
 * How one JSON field of a Go struct behaves in a round trip: `*` pointer, `[` list or map, `v` plain value,
 * then `o` when omitempty, `z` when omitzero, then `#` and its number in protobuf. A struct that JSON inlines and
 * protobuf nests is noted as `@<number>`, with its definition.
 */
export type GoFields = Record<string, Record<string, string>>;

const FIELD = /^\s+(?:(\w+)\s+)?(\*?[\w.[\]*]+)\s+`(?:protobuf:"[^"]*" )?json:"([^"]*)"/;

function goFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter(
      (entry) =>
        entry.isFile() && entry.name.endsWith(".go") && !/_test\.go$|zz_|generated|deepcopy/.test(entry.name),
    )
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Kubernetes names an OpenAPI definition after the Go package: k8s.io/api/apps/v1 is io.k8s.api.apps.v1. */
function definitionPrefix(module: string, file: string): string {
  const name = (/k8s\.io\/([^@/]+)@/.exec(`${module}/`) ?? [])[1];
  const folder = relative(module, file).split("/").slice(0, -1);
  return ["io.k8s", name, ...folder].join(".");
}

/** Reads the json tags of every struct below the given Go modules, by OpenAPI definition name. */
export function goFieldsOf(modules: string[]): GoFields {
  const fields: GoFields = {};
  const inlined: { into: string; type: string }[] = [];
  for (const module of modules) {
    for (const file of goFiles(module)) {
      const prefix = definitionPrefix(module, file);
      let current: string | undefined;
      for (const line of readFileSync(file, "utf8").split("\n")) {
        const start = /^type (\w+) struct \{/.exec(line);
        if (start) current = `${prefix}.${start[1]}`;
        else if (line.startsWith("}")) current = undefined;
        const field = current ? FIELD.exec(line) : null;
        if (!current || !field) continue;
        const [name, ...options] = field[3]!.split(",");
        const type = field[2]!;
        const number = /protobuf:"\w+,(\d+)/.exec(line)?.[1];
        if (options.includes("inline")) {
          const inner = type.includes(".") ? type : `${prefix}.${type.replace("*", "")}`;
          inlined.push({ into: current, type: inner });
          if (number) fields[current] = { ...fields[current], [`@${number}`]: inner };
        }
        if (!name || name === "-") continue;
        const kind = type.startsWith("*") ? "*" : /^(\[\]|map\[)/.test(type) ? "[" : "v";
        const omit = (options.includes("omitempty") ? "o" : "") + (options.includes("omitzero") ? "z" : "");
        fields[current] = { ...fields[current], [name]: kind + omit + (number ? `#${number}` : "") };
      }
    }
  }
  for (const { into, type } of inlined) {
    const inner = Object.entries(fields[type] ?? {}).filter(([name]) => !name.startsWith("@"));
    const unnumbered = inner.map(([name, traits]) => [name, traits.replace(/#.*/, "")]);
    fields[into] = { ...Object.fromEntries(unnumbered), ...fields[into] };
  }
  return fields;
}
