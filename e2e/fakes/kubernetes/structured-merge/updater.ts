import { type Json, sameJson } from "../json.ts";
import type { TypeRef } from "./atoms.ts";
import { type Comparison, compare } from "./compare.ts";
import { FieldSet } from "./field-set.ts";
import { fieldsOf } from "./fields-of.ts";
import { merge } from "./merge.ts";
import { remove } from "./remove.ts";

/** What one manager owns, in which API version, and whether it applied it. */
interface OwnedSet {
  set: FieldSet;
  apiVersion: string;
  applied: boolean;
}

/** Owned sets by manager identifier. */
export type Owners = Map<string, OwnedSet>;

/** Fields that others own and an apply without force would have changed. */
export class OwnershipConflict extends Error {
  readonly conflicts: { owner: string; path: string[] }[];
  constructor(conflicts: { owner: string; path: string[] }[]) {
    super("ownership conflict");
    this.conflicts = conflicts;
  }
}

interface Change {
  live: Json;
  type: TypeRef;
  apiVersion: string;
  owners: Owners;
  owner: string;
  /** Fields this endpoint does not write, such as status on the main one. */
  ignored: FieldSet;
}

/** Records a plain write: what changed is taken from its owners and given to the writer. */
export function recordUpdate(change: Change & { next: Json }): Owners {
  const { owners, comparison } = settle(change, change.next, new Map(change.owners), true);
  const own = owners.get(change.owner)?.set ?? new FieldSet();
  const set = own
    .difference(comparison.removed)
    .union(comparison.modified)
    .union(comparison.added)
    .recursiveDifference(change.ignored);
  if (set.empty) owners.delete(change.owner);
  else owners.set(change.owner, { set, apiVersion: change.apiVersion, applied: false });
  return owners;
}

/** Server-side apply: merges, removes what is no longer applied, and settles ownership. */
export function recordApply(change: Change & { config: Json; force: boolean }): {
  next: Json | undefined;
  owners: Owners;
} {
  const { live, type, owner, apiVersion } = change;
  const merged = merge(live, change.config, type) ?? null;
  const last = change.owners.get(owner);
  const owners = new Map(change.owners);
  const set = fieldsOf(change.config, type).recursiveDifference(change.ignored);
  owners.set(owner, { set, apiVersion, applied: true });
  const next = last && !last.set.empty ? prune(merged, owners, last.set, type) : merged;
  const settled = settle(change, next, owners, change.force);
  return { next: sameJson(live, next) ? undefined : next, owners: settled.owners };
}

function settle(
  change: Change,
  next: Json,
  owners: Owners,
  force: boolean,
): { owners: Owners; comparison: Comparison } {
  const raw = compare(change.live, next, change.type);
  const comparison = {
    added: raw.added.recursiveDifference(change.ignored),
    modified: raw.modified.recursiveDifference(change.ignored),
    removed: raw.removed.recursiveDifference(change.ignored),
  };
  const written = comparison.modified.union(comparison.added);
  const conflicts = [...owners]
    .filter(([owner]) => owner !== change.owner)
    .map(([owner, owned]) => ({ owner, set: owned.set.intersection(written) }))
    .filter(({ set }) => !set.empty);
  if (!force && conflicts.length > 0) {
    throw new OwnershipConflict(
      conflicts.flatMap(({ owner, set }) => [...set.paths()].map((path) => ({ owner, path }))),
    );
  }
  for (const { owner, set } of conflicts) shrink(owners, owner, set);
  for (const owner of [...owners.keys()]) {
    if (owner !== change.owner) shrink(owners, owner, comparison.removed);
    if (owners.get(owner)?.set.empty) owners.delete(owner);
  }
  return { owners, comparison };
}

function shrink(owners: Owners, owner: string, by: FieldSet): void {
  const owned = owners.get(owner);
  if (owned) owners.set(owner, { ...owned, set: owned.set.difference(by) });
}

/** Removes what this applier owned before, applies no longer, and nobody else owns. */
function prune(merged: Json, owners: Owners, last: FieldSet, type: TypeRef): Json {
  const named = (set: FieldSet): FieldSet => set.withNamedFields(type);
  const pruned = remove(merged, named(last), type);
  const managed = [...owners.values()].reduce((all, owned) => all.union(owned.set), new FieldSet());
  const mergedFields = named(fieldsOf(merged, type));
  const kept = named(fieldsOf(pruned, type)).union(named(managed));
  const owned = remove(merged, mergedFields.difference(kept), type);
  const gone = mergedFields.difference(named(fieldsOf(owned, type))).intersection(named(last));
  return remove(merged, gone, type);
}
