import { isMap, type Json, type JsonMap } from "../json.ts";
import type { ListAtom } from "./atoms.ts";
import { keyElement, valueElement } from "./field-set.ts";

/** The path element of an item of an associative list; throws when it has no identity. */
export function elementOf(list: ListAtom, item: Json): string {
  if (list.keys.length === 0) {
    if (item === null || typeof item === "object") {
      throw new Error("associative list without keys has an element that's a map type");
    }
    return valueElement(item);
  }
  if (!isMap(item)) throw new Error("associative list with keys may not have non-map elements");
  const keys: JsonMap = {};
  for (const name of list.keys) {
    const value = item[name] ?? list.keyDefault(name);
    if (value !== undefined) keys[name] = value;
  }
  if (Object.keys(keys).length === 0) {
    const names = list.keys.map((name) => JSON.stringify(name)).join(" ");
    throw new Error(
      `associative list with keys has an element that omits all key fields [${names}] (and doesn't have default values for any key fields)`,
    );
  }
  return keyElement(keys);
}

/** A list's items by path element, in order of first appearance; duplicates share an entry. */
export function itemsByElement(list: ListAtom, items: Json[]): Map<string, Json[]> {
  const found = new Map<string, Json[]>();
  for (const item of items) {
    const element = elementOf(list, item);
    const group = found.get(element);
    if (group) group.push(item);
    else found.set(element, [item]);
  }
  return found;
}
