import type { Json, KubeObject } from "../object.ts";
import { FIELD_MANAGER } from "./inventory.ts";

/** Fields that an apply takes from another field manager, as people write them: `spec.replicas`. */
export type Taken = { manager: string; fields: string[] };

type Fields = { [key: string]: Json | undefined };
const MOST_NAMED = 5;

/**
 * What a forced apply takes from whom, by the API server's own bookkeeping: managedFields of the object before,
 * and of what the dry run would make of it. So nothing is asked of the server for it, conflict or none.
 */
export function takenFields(before: KubeObject, after: KubeObject): Taken[] {
  const kept = fieldsByManager(after);
  return [...fieldsByManager(before)].flatMap(([manager, fields]) => {
    const rest = kept.get(manager);
    const lost = [...fields].filter((field) => !rest?.has(field));
    // An item of a list counts by its fields, where any of those are lost.
    const named = lost.filter((field) => !lost.some((other) => other !== field && other.startsWith(field)));
    return named.length > 0 ? [{ manager, fields: named.toSorted() }] : [];
  });
}

/** `Took spec.replicas back from kubectl-edit.`; `back` where this environment had applied the object before. */
export function tookSentence(taken: Taken[], before: KubeObject): string {
  const back = entriesOf(before).some(isOurs) ? " back" : "";
  const parts = taken.map(({ manager, fields }) => `${listed(fields)}${back} from ${manager}`);
  return `Took ${parts.join(", and ")}.`;
}

/** `spec.replicas (kubectl-edit)`, for the sentence that refuses. */
export function ownersSentence(taken: Taken[]): string {
  return taken.map(({ manager, fields }) => `${listed(fields)} (${manager})`).join(", ");
}

function listed(fields: string[]): string {
  const named = fields.slice(0, MOST_NAMED);
  const more = fields.length - named.length;
  if (more > 0) return `${named.join(", ")} and ${more} more`;
  return named.length < 2 ? named.join() : `${named.slice(0, -1).join(", ")} and ${named.at(-1)}`;
}

type Entry = { manager?: string; operation?: string; subresource?: string; fieldsV1?: Fields };

function entriesOf(object: KubeObject): Entry[] {
  const entries = object.metadata.managedFields;
  return Array.isArray(entries) ? (entries.filter(isMap) as Entry[]) : [];
}

const isOurs = ({ manager, operation, subresource }: Entry) =>
  manager === FIELD_MANAGER && operation === "Apply" && !subresource;

function fieldsByManager(object: KubeObject): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const entry of entriesOf(object)) {
    if (isOurs(entry)) continue;
    const name = entry.manager || "a manager without a name";
    const manager = (entry.subresource ? `${name} (${entry.subresource})` : name).slice(0, 128);
    const fields = found.get(manager) ?? new Set();
    found.set(manager, fields);
    if (isMap(entry.fieldsV1)) collect(entry.fieldsV1, "", fields);
  }
  return found;
}

function collect(node: Fields, path: string, into: Set<string>): void {
  const children = Object.entries(node).filter(([key]) => key !== ".");
  if (path !== "" && (children.length === 0 || "." in node)) into.add(path);
  for (const [key, child] of children) collect(isMap(child) ? child : {}, path + stepOf(key, path), into);
}

/** One key of a FieldsV1 set as people write it. */
function stepOf(key: string, path: string): string {
  const text = key.slice(2);
  if (key.startsWith("f:")) {
    if (!/^[\w-]+$/.test(text)) return `[${JSON.stringify(text)}]`;
    return path === "" ? text : `.${text}`;
  }
  if (!key.startsWith("k:")) return `[${text}]`;
  try {
    const parts = Object.entries(JSON.parse(text)).map(([name, value]) => `${name}=${String(value)}`);
    return `[${parts.join(",")}]`;
  } catch {
    return `[${text}]`;
  }
}

function isMap(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
