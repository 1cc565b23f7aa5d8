import { isMap, type Json } from "../json.ts";
import { type ListAtom, type MapAtom, narrow, type TypeRef } from "./atoms.ts";
import { FieldSet } from "./field-set.ts";
import { itemsByElement } from "./list-items.ts";

/** Every leaf field and list item a value mentions: what applying it would own. */
export function fieldsOf(value: Json | undefined, type: TypeRef): FieldSet {
  const set = new FieldSet();
  walk(value, type, [], set);
  return set;
}

function walk(value: Json | undefined, type: TypeRef | undefined, path: string[], set: FieldSet): void {
  if (!type || value === undefined) return;
  const atom = narrow(type(), value);
  if (atom.map) walkMap(value, atom.map, path, set);
  else if (atom.list && !atom.scalar) walkList(value, atom.list, path, set);
  else set.insert(path);
}

function walkMap(value: Json, map: MapAtom, path: string[], set: FieldSet): void {
  if (map.atomic) set.insert(path);
  if (map.atomic || !isMap(value)) return;
  for (const [key, item] of Object.entries(value)) {
    const below = [...path, `f:${key}`];
    const field = map.field(key);
    walk(item, field ?? map.element, below, set);
    if (!field || item === null || (isMap(item) && Object.keys(item).length === 0)) set.insert(below);
  }
}

function walkList(value: Json, list: ListAtom, path: string[], set: FieldSet): void {
  if (list.atomic) set.insert(path);
  if (list.atomic || !Array.isArray(value)) return;
  for (const [element, items] of itemsByElement(list, value)) {
    const below = [...path, element];
    if (items.length === 1) walk(items[0], list.element, below, set);
    set.insert(below);
  }
}
