import type { FieldChange } from "../../lib/protocol/object.ts";
import type { Json } from "../object.ts";
import {
  dropsZero,
  isFilledIn,
  isMap,
  isZero,
  type JsonMap,
  MAX_DEPTH,
  own,
  sameDeep,
  sameScalar,
  sameWhole,
} from "./equal.ts";
import { type Item, itemsByKey, sameOrder } from "./merge-list.ts";
import { nodeAt, type Owners } from "./owners.ts";
import { Path } from "./path.ts";
import { DEDUCED, type Schema } from "./schema.ts";
import { leavesToServer } from "./server-owned.ts";

/** What the walk found at its current path. */
export type Found = (type: FieldChange["type"], path: Path, desired?: Json, observed?: Json) => void;

/** Walks desired beside observed as server-side apply would merge them, and tells every difference. */
export class Walk {
  readonly path = new Path();
  readonly #owners: Owners;
  readonly #found: Found;
  readonly #kind: string;

  constructor(kind: string, owners: Owners, found: Found) {
    this.#kind = kind;
    this.#owners = owners;
    this.#found = found;
  }

  /** Compares one field of `parent`; `ours` is our managedFields set of it, `around` what is observed of it. */
  field(
    parent: Schema,
    name: string,
    desired: Json,
    observed: Json | undefined,
    ours: JsonMap | undefined,
    around?: JsonMap,
  ): void {
    const schema = parent.field(name);
    if (schema === undefined && parent.prunes) return;
    if (leavesToServer(this.#kind, name, desired)) return;
    this.path.enter(name);
    const mine = ours && asSet(own(ours, `f:${name}`));
    if (observed === undefined) {
      // What we applied and the server does not show, the server itself left out.
      const leftOut = mine !== undefined && isLeaf(mine) && isZero(desired);
      if (!leftOut && !dropsZero(parent, name, schema, desired)) this.#missing(schema ?? DEDUCED, desired);
    } else if (desired === null) {
      const filledIn = !schema?.nullable && isFilledIn(parent, name, observed, around, true);
      this.#cleared(schema ?? DEDUCED, observed, mine, filledIn);
    } else if (
      !dropsZero(parent, name, schema, desired) ||
      !isFilledIn(parent, name, observed, undefined, true)
    )
      this.value(schema ?? DEDUCED, desired, observed, mine);
    this.path.leave();
  }

  /** Git says null: nothing, but for what we once set there. Merging keeps what others have in a map or list. */
  #cleared(schema: Schema, observed: Json, ours: JsonMap | undefined, filledIn: boolean): void {
    if (observed === null) return;
    // Nothing merges into an empty map or list; a built-in type does not tell it from null.
    const merges = typeof observed === "object" && (schema.typed || !isZero(observed));
    if (merges && !schema.atomic && (isMap(observed) || schema.set || schema.keys)) {
      if (Array.isArray(observed)) this.value(schema, [], observed, ours);
      else this.value(schema, {}, observed, ours);
    } else if (!filledIn) this.#found("modified", this.path, null, observed);
  }

  /** Compares a value that both sides have. */
  value(schema: Schema, desired: Json, observed: Json, ours: JsonMap | undefined): void {
    if (desired === observed) return;
    if (this.path.depth > MAX_DEPTH) {
      if (!sameDeep(desired, observed)) this.#found("modified", this.path, desired, observed);
    } else if (isMap(desired)) {
      if (!isMap(observed)) this.#replaced(schema, desired, observed);
      else if (schema.atomic) this.#whole(schema, desired, observed);
      else this.map(schema, desired, observed, ours);
    } else if (Array.isArray(desired)) {
      if (!Array.isArray(observed)) this.#replaced(schema, desired, observed);
      else if (schema.atomic || (!schema.set && !schema.keys)) this.#whole(schema, desired, observed);
      else this.#list(schema, desired, observed, ours);
    } else if (!sameScalar(schema, desired, observed)) this.#found("modified", this.path, desired, observed);
  }

  /** Compares two maps or structs field by field, then what we once set and no longer do. */
  map(schema: Schema, desired: JsonMap, observed: JsonMap, ours: JsonMap | undefined): void {
    for (const name in desired)
      this.field(schema, name, desired[name] as Json, own(observed, name), ours, observed);
    if (ours === undefined) return;
    for (const key in ours) {
      if (!key.startsWith("f:")) continue;
      const name = key.slice(2);
      if (Object.hasOwn(desired, name)) continue;
      const value = own(observed, name);
      if (value === undefined || (value === null && isFilledIn(schema, name, value))) continue;
      this.path.enter(name);
      this.#dropped(
        schema.field(name) ?? DEDUCED,
        value,
        asSet(own(ours, key)),
        isFilledIn(schema, name, value, observed, true),
        schema.shape === "struct",
      );
      this.path.leave();
    }
  }

  /** A field we own and Git no longer sets: removed, but for what others own of it. */
  #dropped(
    schema: Schema,
    observed: Json,
    ours: JsonMap | undefined,
    filledIn: boolean,
    isField: boolean,
  ): void {
    const path = this.path.fields;
    // To own something in a struct's field is to own the field; a list's item or a map's key has to be owned itself.
    const shared = this.#owners.others.some(({ fields }) => {
      const theirs = nodeAt(fields, path);
      return theirs !== undefined && (isField || isLeaf(theirs) || Object.hasOwn(theirs, "."));
    });
    if (!shared) {
      if (!filledIn) this.#found("removed", this.path, undefined, observed);
    } else if (ours && !isLeaf(ours)) {
      if (isMap(observed)) this.map(schema, {}, observed, ours);
      else if (Array.isArray(observed) && (schema.set || schema.keys)) this.#list(schema, [], observed, ours);
    }
  }

  #missing(schema: Schema, desired: Json): void {
    if (schema.typed && schema.shape === "map" && isZero(desired)) return;
    this.#found("missing", this.path, desired);
  }

  #replaced(schema: Schema, desired: Json, observed: Json): void {
    if (observed === null && schema.typed && schema.shape !== "struct" && isZero(desired)) return;
    this.#found(observed === null ? "missing" : "modified", this.path, desired, observed);
  }

  #whole(schema: Schema, desired: Json, observed: Json): void {
    if (!sameWhole(schema, desired, observed)) this.#found("modified", this.path, desired, observed);
  }

  #list(schema: Schema, desired: Json[], observed: Json[], ours: JsonMap | undefined): void {
    const wanted = itemsByKey(schema, desired, true);
    const actual = itemsByKey(schema, observed, false);
    if (!wanted || !actual) {
      this.#whole(schema, desired, observed);
      return;
    }
    for (const item of wanted.values()) this.#item(schema, item, actual.get(item.field), ours);
    if (!sameOrder(wanted, actual)) this.#found("modified", this.path, desired, observed);
    if (ours === undefined) return;
    for (const item of actual.values()) {
      const mine = asSet(own(ours, item.field));
      if (mine === undefined || wanted.has(item.field)) continue;
      this.path.enterItem(item.index, item.shown, item.field);
      this.#dropped(schema.item(), item.value, mine, false, false);
      this.path.leave();
    }
  }

  #item(schema: Schema, wanted: Item, actual: Item | undefined, ours: JsonMap | undefined): void {
    this.path.enterItem((actual ?? wanted).index, wanted.shown, wanted.field);
    if (!actual) this.#found("missing", this.path, wanted.value);
    else if (schema.keys)
      this.value(schema.item(), wanted.value, actual.value, ours && asSet(own(ours, wanted.field)));
    this.path.leave();
  }
}

function asSet(node: Json | undefined): JsonMap | undefined {
  return isMap(node) ? node : undefined;
}

function isLeaf(set: JsonMap): boolean {
  return Object.keys(set).every((key) => key === ".");
}
