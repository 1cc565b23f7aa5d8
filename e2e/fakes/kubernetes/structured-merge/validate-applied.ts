import { isMap, type Json } from "../json.ts";
import { narrow, type TypeRef } from "./atoms.ts";
import { elementText } from "./field-set.ts";
import { elementOf } from "./list-items.ts";

/** What keeps a configuration from being applied, as structured-merge-diff says it; undefined when nothing does. */
export function validateApplied(value: Json, type: TypeRef): string | undefined {
  const problems: string[] = [];
  visit(value, type, "", problems);
  if (problems.length <= 1) return problems[0];
  return `errors:\n${problems.map((problem) => `  ${problem}`).join("\n")}`;
}

function visit(value: Json, type: TypeRef, path: string, problems: string[]): void {
  if (value === null) return;
  const fail = (why: string): void => {
    problems.push(path ? `${path}: ${why}` : why);
  };
  const atom = narrow(type(), value);
  if (atom.map) {
    if (!isMap(value)) return fail(`expected map, got ${goValue(value)}`);
    for (const [key, item] of Object.entries(value)) {
      const field = atom.map.field(key) ?? atom.map.element;
      if (field) visit(item, field, `${path}.${key}`, problems);
      else problems.push(`${path}.${key}: field not declared in schema`);
    }
  } else if (atom.scalar) {
    const wanted = { numeric: "number", string: "string", boolean: "boolean", untyped: typeof value }[
      atom.scalar
    ];
    if (typeof value !== wanted) fail(`expected ${atom.scalar}, got ${goValue(value)}`);
  } else if (atom.list) {
    if (!Array.isArray(value)) return fail(`expected list, got ${goValue(value)}`);
    const seen = new Set<string>();
    value.forEach((item, i) => {
      let below = `${path}[${i}]`;
      if (!atom.list!.atomic) {
        try {
          const element = elementOf(atom.list!, item);
          if (seen.has(element)) fail(`duplicate entries for key ${elementText(element)}`);
          seen.add(element);
          below = path + elementText(element);
        } catch (error) {
          return fail(`element ${i}: ${(error as Error).message}`);
        }
      }
      visit(item, atom.list!.element, below, problems);
    });
  }
}

const goValue = (value: Json): string =>
  typeof value === "object"
    ? JSON.stringify(value)
    : `&value.valueUnstructured{Value:${JSON.stringify(value)}}`;
