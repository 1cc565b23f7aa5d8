import { type ObjectRef, objectKey, type ResourceStatus } from "../../lib/protocol/object.ts";
import { type DesiredObject, type KubeObject, refOf } from "../object.ts";
import type { Look, Sight } from "../sight.ts";
import { asManifest } from "./digests.ts";
import { bodyOf, type Judgement, judgeDesired, judgeExtra, judgeHidden } from "./status.ts";

/** One judged object and what it was judged by. */
type Entry = { desired: DesiredObject | null; sight: Sight; status: ResourceStatus };

/** The verdicts on one environment's objects, brought up to date object by object. */
export type Comparison = ReturnType<typeof openComparison>;

/**
 * Remembers each object's verdict, so that an edit costs the judgement of one object and not of thousands.
 * `replaced` hears of each masked body that is no longer the current one.
 */
export function openComparison(options: {
  look: Look;
  replaced?: (digest: string, body: () => string) => void;
}) {
  const entries = new Map<string, Entry>();
  /** By digest: the object whose manifest has it. */
  const holders = new Map<string, string>();
  let wanted = new Map<string, DesiredObject>();
  let owned = new Map<string, ObjectRef>();
  let judgement: Judgement | null = null;

  function judge(key: string, lastSynced: Readonly<Record<string, string>>): void {
    const desired = wanted.get(key) ?? null;
    const ref = desired ? refOf(desired.object) : owned.get(key);
    const before = entries.get(key);
    if (!ref || !judgement) {
      retire(before);
      entries.delete(key);
      return;
    }
    const sight = options.look(ref);
    // The kind is gone: if it comes again, then with a schema to be learned anew.
    if (sight.is === "absent" && sight.reason) judgement.schemas.forget(ref);
    if (desired) {
      const status = judgeDesired(judgement, desired, sight, lastSynced[key]);
      put(key, { desired, sight, status }, before);
    } else if (sight.is === "there")
      put(key, { desired, sight, status: judgeExtra(judgement, sight) }, before);
    // What cannot be read has not gone: it stays in the inventory, to be pruned.
    else if (sight.is === "hidden") put(key, { desired, sight, status: judgeHidden(ref, sight) }, before);
    else {
      retire(before);
      entries.delete(key);
    }
  }

  function put(key: string, entry: Entry, before: Entry | undefined): void {
    // The same words are the same status: whoever compares references sees that nothing changed.
    if (before && JSON.stringify(before.status) === JSON.stringify(entry.status))
      entry.status = before.status;
    else retire(before, entry.status);
    entries.set(key, entry);
    for (const digest of [entry.status.desiredDigest, entry.status.observedDigest])
      if (digest) holders.set(digest, key);
  }

  function retire(before: Entry | undefined, now?: ResourceStatus): void {
    if (!before || !judgement) return;
    const { mask } = judgement;
    for (const [digest, manifest] of manifestsOf(before)) {
      if (digest === now?.desiredDigest || digest === now?.observedDigest) continue;
      holders.delete(digest);
      options.replaced?.(digest, () => bodyOf(mask, manifest));
    }
  }

  return {
    /** From now on these are the objects that Git asks for, and those that it once asked for. */
    set(next: {
      judgement: Judgement;
      desired: readonly DesiredObject[];
      inventory: readonly ObjectRef[];
    }): void {
      judgement = next.judgement;
      wanted = new Map(next.desired.map((one) => [objectKey(refOf(one.object)), one]));
      owned = new Map(next.inventory.map((ref) => [objectKey(ref), ref]));
    },

    /** Judges the given objects anew, or all of them, and answers the verdicts on all. */
    judge(keys: Iterable<string> | "all", lastSynced: Readonly<Record<string, string>>): ResourceStatus[] {
      const all = keys === "all" ? new Set([...wanted.keys(), ...owned.keys(), ...entries.keys()]) : keys;
      for (const key of all) judge(key, lastSynced);
      return [...entries.values()].map(({ status }) => status);
    },

    /** Whether an object is one of this environment's. */
    has: (key: string) => wanted.has(key) || owned.has(key),

    /** The object that Git asks for under a key. */
    desired: (key: string) => wanted.get(key),

    /** The masked body behind a digest, where an object of now has it. */
    body(digest: string): string | undefined {
      const entry = entries.get(holders.get(digest) ?? "");
      const found = entry && [...manifestsOf(entry)].find(([one]) => one === digest);
      return found && judgement ? bodyOf(judgement.mask, found[1]) : undefined;
    },
  };
}

function* manifestsOf({ desired, sight, status }: Entry): Generator<[string, KubeObject]> {
  if (desired && status.desiredDigest) yield [status.desiredDigest, desired.object];
  if (sight.is === "there" && status.observedDigest) yield [status.observedDigest, asManifest(sight.object)];
}
