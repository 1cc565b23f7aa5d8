import { createHash } from "node:crypto";
import { canonicalJson } from "../protocol/canonical.ts";

/** What one audit event's hash covers: everything it says, and the event before it. */
export type HashedEvent = {
  organizationId: string;
  sequence: number;
  at: string;
  actorKind: string;
  actorId: string | null;
  actorName: string;
  action: string;
  subjectKind: string;
  subjectId: string;
  subjectName: string;
  details: unknown;
  address: string | null;
  previousHash: string;
};

/** Before the first event. */
export const genesisHash = "0".repeat(64);

/** SHA-256 over the event's canonical JSON. */
export function hashEvent(event: HashedEvent): string {
  return createHash("sha256").update(canonicalJson(event)).digest("hex");
}

/** Where a chain first breaks, or null; `from` is what the events before these ended with. */
export function firstBreak(
  events: (HashedEvent & { hash: string })[],
  from: { sequence: number; hash: string },
): number | null {
  let before = from;
  for (const { hash, ...event } of events) {
    const linked = event.sequence === before.sequence + 1 && event.previousHash === before.hash;
    if (!linked || hashEvent(event) !== hash) return event.sequence;
    before = { sequence: event.sequence, hash };
  }
  return null;
}
