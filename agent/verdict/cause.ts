import type { FieldChange, ResourceStatus } from "../../lib/protocol/object.ts";

/** What the cause of one object's difference depends on. */
export type CauseFacts = {
  sync: ResourceStatus["sync"];
  desiredDigest?: string;
  /** Digest of what Git asked for when the object was last Synced; undefined where it never was seen so. */
  lastSynced?: string;
  changes: readonly FieldChange[];
  /** When the compared commit was made. */
  committedAt: string;
};

/**
 * Who moved, where an object differs. `drift`: Git asks for what it asked for when they last agreed, so the
 * cluster moved. `pending`: Git asks for something else since. At first sight a field changed after the
 * commit is drift; everything else is taken for a commit that has not arrived yet.
 */
export function causeOf(facts: CauseFacts): "drift" | "pending" | undefined {
  if (facts.sync === "Synced" || facts.sync === "Unknown") return undefined;
  if (facts.sync === "Extra") return "pending";
  if (facts.lastSynced !== undefined) return facts.lastSynced === facts.desiredDigest ? "drift" : "pending";
  const committed = Date.parse(facts.committedAt);
  const movedLater = facts.changes.some(
    ({ counts, by }) => counts && by?.time && Date.parse(by.time) > committed,
  );
  return movedLater ? "drift" : "pending";
}
