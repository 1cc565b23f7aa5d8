import { isMap, type Json, type JsonMap } from "../json.ts";
import { narrow, type TypeRef } from "./atoms.ts";
import type { FieldSet } from "./field-set.ts";
import { elementOf } from "./list-items.ts";

/** A value without the fields and items of a set; what is left empty becomes null, as upstream does. */
export function remove(value: Json, set: FieldSet, type: TypeRef | undefined): Json {
  const atom = type ? narrow(type(), value) : { scalar: "untyped" as const };
  if (atom.map) {
    if (!isMap(value) || atom.map.atomic) return null;
    const out: JsonMap = {};
    for (const [key, item] of Object.entries(value)) {
      const element = `f:${key}`;
      if (set.members.has(element)) continue;
      const below = set.under(element);
      out[key] = below.empty ? item : remove(item, below, atom.map.field(key) ?? atom.map.element);
    }
    return Object.keys(out).length > 0 ? out : null;
  }
  if (atom.list && !atom.scalar) {
    const list = atom.list;
    if (!Array.isArray(value) || list.atomic) return null;
    const out = value.flatMap((item) => {
      const element = elementOf(list, item);
      if (set.members.has(element)) return [];
      const below = set.under(element);
      return [below.empty ? item : remove(item, below, list.element)];
    });
    return out.length > 0 ? out : null;
  }
  return value;
}
