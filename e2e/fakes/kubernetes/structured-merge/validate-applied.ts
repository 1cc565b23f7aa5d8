import { isMap, type Json, type JsonMap } from "../json.ts";
import { type ListAtom, type MapAtom, narrow, type TypeRef } from "./atoms.ts";
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
  const { map, scalar, list } = narrow(type(), value);
  if (map) {
    if (isMap(value)) visitFields(value, map, path, problems);
    else fail(`expected map, got ${goValue(value)}`);
  } else if (scalar) {
    const wanted = { numeric: "number", string: "string", boolean: "boolean", untyped: typeof value }[scalar];
    if (typeof value === wanted) return;
    fail(
      scalar === "numeric"
        ? `expected numeric (int or float), got ${goType(value)}`
        : `expected ${scalar}, got ${goValue(value)}`,
    );
  } else if (list) {
    if (Array.isArray(value)) visitItems(value, list, path, problems, fail);
    else fail(`expected list, got ${goValue(value)}`);
  }
}

function visitFields(value: JsonMap, map: MapAtom, path: string, problems: string[]): void {
  for (const [key, item] of Object.entries(value)) {
    const field = map.field(key) ?? map.element;
    if (field) visit(item, field, `${path}.${key}`, problems);
    else problems.push(`${path}.${key}: field not declared in schema`);
  }
}

function visitItems(
  value: Json[],
  list: ListAtom,
  path: string,
  problems: string[],
  fail: (why: string) => void,
): void {
  const seen = new Set<string>();
  for (const [i, item] of value.entries()) {
    let below = `${path}[${i}]`;
    if (!list.atomic) {
      try {
        const element = elementOf(list, item);
        if (seen.has(element)) fail(`duplicate entries for key ${elementText(element)}`);
        seen.add(element);
        below = path + elementText(element);
      } catch (error) {
        fail(`element ${i}: ${(error as Error).message}`);
        continue;
      }
    }
    visit(item, list.element, below, problems);
  }
}

const goValue = (value: Json): string =>
  typeof value === "object"
    ? JSON.stringify(value)
    : `&value.valueUnstructured{Value:${JSON.stringify(value)}}`;

function goType(value: Json): string {
  if (Array.isArray(value)) return "[]interface {}";
  return isMap(value) ? "map[string]interface {}" : typeof value === "boolean" ? "bool" : typeof value;
}
