import { isMap, type Json, type JsonMap } from "../json.ts";
import type { TypeRef } from "./atoms.ts";

/**
 * A set of field paths as Kubernetes' managedFields keep it. A path element is the text FieldsV1 uses:
 * `f:name`, `k:{"name":"a"}` or `v:"a"`. Sets are values: operations return new ones, only insert changes.
 */
export class FieldSet {
  readonly members: Set<string>;
  readonly children: Map<string, FieldSet>;

  constructor(members?: Iterable<string>, children?: Iterable<[string, FieldSet]>) {
    this.members = new Set(members);
    this.children = new Map(children);
  }

  static of(...paths: string[][]): FieldSet {
    const set = new FieldSet();
    for (const path of paths) set.insert(path);
    return set;
  }

  static fromFieldsV1(fields: Json | undefined): FieldSet {
    const set = new FieldSet();
    if (!isMap(fields)) return set;
    for (const [key, value] of Object.entries(fields)) {
      if (key === ".") continue;
      const child = FieldSet.fromFieldsV1(value);
      const leaf = child.empty;
      if (leaf || (isMap(value) && "." in value)) set.members.add(canonicalElement(key));
      if (!leaf) set.children.set(canonicalElement(key), child);
    }
    return set;
  }

  toFieldsV1(): JsonMap {
    const out: JsonMap = {};
    const keys = [...new Set([...this.members, ...this.children.keys()])].sort();
    for (const key of keys) {
      const child = this.children.get(key);
      const inner = child ? child.toFieldsV1() : {};
      out[key] = child && this.members.has(key) ? { ".": {}, ...inner } : inner;
    }
    return out;
  }

  insert(path: string[]): void {
    const [head, ...rest] = path;
    if (head === undefined) return;
    if (rest.length === 0) {
      this.members.add(head);
      return;
    }
    let child = this.children.get(head);
    if (!child) {
      child = new FieldSet();
      this.children.set(head, child);
    }
    child.insert(rest);
  }

  get empty(): boolean {
    return this.members.size === 0 && [...this.children.values()].every((child) => child.empty);
  }

  has(path: string[]): boolean {
    const [head, ...rest] = path;
    if (head === undefined) return false;
    return rest.length === 0 ? this.members.has(head) : (this.children.get(head)?.has(rest) ?? false);
  }

  under(element: string): FieldSet {
    return this.children.get(element) ?? new FieldSet();
  }

  union(other: FieldSet): FieldSet {
    const out = new FieldSet([...this.members, ...other.members], this.children);
    for (const [key, child] of other.children) out.children.set(key, this.under(key).union(child));
    return out;
  }

  intersection(other: FieldSet): FieldSet {
    const out = new FieldSet([...this.members].filter((key) => other.members.has(key)));
    for (const [key, child] of this.children) out.#adopt(key, child.intersection(other.under(key)));
    return out;
  }

  difference(other: FieldSet): FieldSet {
    const out = new FieldSet([...this.members].filter((key) => !other.members.has(key)));
    for (const [key, child] of this.children) out.#adopt(key, child.difference(other.under(key)));
    return out;
  }

  /** Like difference, but a member of the other set also takes everything below it. */
  recursiveDifference(other: FieldSet): FieldSet {
    const out = new FieldSet([...this.members].filter((key) => !other.members.has(key)));
    for (const [key, child] of this.children) {
      if (!other.members.has(key)) out.#adopt(key, child.recursiveDifference(other.under(key)));
    }
    return out;
  }

  /** Adds every struct field that merely leads to a member. */
  withNamedFields(type: TypeRef | undefined): FieldSet {
    const atom = type?.();
    const out = new FieldSet(this.members);
    for (const [key, child] of this.children) {
      let inner: TypeRef | undefined;
      if (key.startsWith("f:") && atom?.map) {
        const field = atom.map.field(key.slice(2));
        if (field) out.members.add(key);
        inner = field ?? atom.map.element;
      } else if (key.startsWith("k:")) inner = atom?.list?.element;
      out.children.set(key, child.withNamedFields(inner));
    }
    return out;
  }

  /** Every path, members before what lies below them, as conflicts are listed. */
  *paths(prefix: string[] = []): Generator<string[]> {
    for (const key of [...this.members].sort()) yield [...prefix, key];
    for (const key of [...this.children.keys()].sort()) yield* this.under(key).paths([...prefix, key]);
  }

  #adopt(key: string, child: FieldSet): void {
    if (!child.empty) this.children.set(key, child);
  }
}

/** A list item's path element from its key fields. */
export function keyElement(keys: JsonMap): string {
  const sorted = Object.keys(keys).sort();
  return `k:{${sorted.map((key) => `${JSON.stringify(key)}:${JSON.stringify(keys[key])}`).join(",")}}`;
}

/** A set member's path element. */
export function valueElement(value: Json): string {
  return `v:${JSON.stringify(value)}`;
}

function canonicalElement(element: string): string {
  if (element.startsWith("k:")) return keyElement(JSON.parse(element.slice(2)) as JsonMap);
  if (element.startsWith("v:")) return valueElement(JSON.parse(element.slice(2)) as Json);
  return element;
}

/** A path as conflict messages print it: `.spec.template.spec.containers[name="web"].image`. */
export function pathText(path: string[]): string {
  return path.map(elementText).join("");
}

/** One path element as error messages print it. */
export function elementText(element: string): string {
  const rest = element.slice(2);
  if (element.startsWith("k:")) {
    const keys = JSON.parse(rest) as JsonMap;
    return `[${Object.entries(keys)
      .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
      .join(",")}]`;
  }
  return element.startsWith("v:") ? `[=${rest}]` : `.${rest}`;
}
