import type { Json } from "../object.ts";
import { isMap, own } from "./equal.ts";
import type { Schema } from "./schema.ts";

/** One item of a set or keyed list, with the key that managedFields gives it. */
export type Item = { index: number; value: Json; field: string; shown: string };

/** The items of a list by their managedFields key; `undefined` where an item has no key, or two have the same. */
export function itemsByKey(schema: Schema, list: Json[], strict: boolean): Map<string, Item> | undefined {
  const items = new Map<string, Item>();
  for (let index = 0; index < list.length; index++) {
    const item = schema.set
      ? setItem(list[index] as Json, index)
      : keyedItem(schema, list[index] as Json, index);
    if (!item || (strict && items.has(item.field))) return undefined;
    if (!items.has(item.field)) items.set(item.field, item);
  }
  return items;
}

function setItem(value: Json, index: number): Item {
  const text = JSON.stringify(value);
  return { index, value, field: `v:${text}`, shown: typeof value === "string" ? value : text };
}

function keyedItem(schema: Schema, value: Json, index: number): Item | undefined {
  if (!isMap(value) || !schema.keys) return undefined;
  let field = "";
  let shown = "";
  const element = schema.item();
  for (const key of schema.keys) {
    const given = own(value, key);
    // A built-in type does not tell an empty key from an absent one.
    const isGiven = given !== undefined && given !== null && !(given === "" && schema.typed);
    const part = isGiven ? given : (element.field(key)?.defaultValue ?? given);
    if (part === undefined || part === null) continue;
    field += `${field === "" ? "" : ","}${JSON.stringify(key)}:${JSON.stringify(part)}`;
    if (given !== undefined) shown += `${shown === "" ? "" : ","}${key}=${String(given)}`;
  }
  return field === "" ? undefined : { index, value, field: `k:{${field}}`, shown: shown.slice(0, 200) };
}

/** Whether the items that both lists have stand in the same order; server-side apply takes the desired one. */
export function sameOrder(desired: Map<string, Item>, observed: Map<string, Item>): boolean {
  let last = -1;
  for (const key of desired.keys()) {
    const index = observed.get(key)?.index;
    if (index === undefined) continue;
    if (index < last) return false;
    last = index;
  }
  return true;
}
