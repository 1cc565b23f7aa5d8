import { isMap, type Json, sameJson } from "../json.ts";
import { type Atom, type ListAtom, type MapAtom, narrow, type TypeRef } from "./atoms.ts";
import { FieldSet } from "./field-set.ts";
import { itemsByElement } from "./list-items.ts";

/** What differs between two typed values; no path is in two of the sets. */
export interface Comparison {
  added: FieldSet;
  modified: FieldSet;
  removed: FieldSet;
}

type Maybe = Json | undefined;

/** Compares two values of a type, field by field. */
export function compare(left: Maybe, right: Maybe, type: TypeRef): Comparison {
  const comparison = { added: new FieldSet(), modified: new FieldSet(), removed: new FieldSet() };
  walk(left, right, type, [], comparison);
  return comparison;
}

function walk(left: Maybe, right: Maybe, type: TypeRef | undefined, path: string[], out: Comparison): void {
  if (!type) return;
  const atom = type();
  const leftAtom = narrow(atom, left);
  const rightAtom = narrow(atom, right);
  let inLeaf: boolean;
  if (right === undefined) inLeaf = visit(leftAtom, left, right, path, out);
  else if (left === undefined || sameKinds(leftAtom, rightAtom))
    inLeaf = visit(rightAtom, left, right, path, out);
  else {
    visit(leftAtom, left, right, path, out);
    inLeaf = visit(rightAtom, left, right, path, out);
  }
  if (inLeaf) return;
  if (left === undefined) out.added.insert(path);
  else if (right === undefined) out.removed.insert(path);
}

function sameKinds(a: Atom, b: Atom): boolean {
  return !!a.map === !!b.map && !!a.list === !!b.list && a.scalar === b.scalar;
}

/** Visits one value; true when it was compared whole. */
function visit(atom: Atom, left: Maybe, right: Maybe, path: string[], out: Comparison): boolean {
  if (atom.map) return visitMap(atom.map, left, right, path, out);
  if (atom.list && !atom.scalar) return visitList(atom.list, left, right, path, out);
  return leaf(left, right, path, out);
}

function leaf(left: Maybe, right: Maybe, path: string[], out: Comparison): true {
  if (left === undefined) out.added.insert(path);
  else if (right === undefined) out.removed.insert(path);
  else if (!sameJson(left, right)) out.modified.insert(path);
  return true;
}

function visitMap(map: MapAtom, left: Maybe, right: Maybe, path: string[], out: Comparison): boolean {
  const leftMap = isMap(left) ? left : {};
  const rightMap = isMap(right) ? right : {};
  const keys = new Set([...Object.keys(leftMap), ...Object.keys(rightMap)]);
  if (map.atomic || keys.size === 0) return leaf(left, right, path, out);
  for (const key of keys) {
    const type = map.field(key) ?? map.element;
    walk(leftMap[key], rightMap[key], type, [...path, `f:${key}`], out);
  }
  return false;
}

function visitList(list: ListAtom, left: Maybe, right: Maybe, path: string[], out: Comparison): boolean {
  const leftList = Array.isArray(left) ? left : [];
  const rightList = Array.isArray(right) ? right : [];
  if (list.atomic || leftList.length + rightList.length === 0) return leaf(left, right, path, out);
  const leftItems = itemsByElement(list, leftList);
  const rightItems = itemsByElement(list, rightList);
  for (const element of new Set([...leftItems.keys(), ...rightItems.keys()])) {
    const lefts = leftItems.get(element) ?? [];
    const rights = rightItems.get(element) ?? [];
    const below = [...path, element];
    if (lefts.length <= 1 && rights.length <= 1) walk(lefts[0], rights[0], list.element, below, out);
    else if (lefts.length >= 2 && rights.length >= 2) {
      if (!sameJson(lefts, rights)) out.modified.insert(below);
    } else if (lefts.length >= 2) {
      if (rights.length > 0) walk(undefined, rights[0], list.element, below, out);
      out.removed.insert(below);
    } else {
      if (lefts.length > 0) walk(lefts[0], undefined, list.element, below, out);
      out.added.insert(below);
    }
  }
  return false;
}
