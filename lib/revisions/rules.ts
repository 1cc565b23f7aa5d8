import { Provenance } from "./schemas.ts";

/** What is stored of how a commit came to its branch; null where nothing is, or nothing of ours. */
export const provenanceOf = (stored: unknown): Provenance | null =>
  Provenance.nullable()
    .catch(null)
    .parse(stored ?? null);

/** What the host answered to the question how a commit came to its branch. */
export type Answer =
  | { found: Extract<Provenance, { kind: "pull-request" }> | null }
  | { refused: string; retryAt: Date | undefined; passes: boolean };

const minute = 60_000;
/** A host may name the pull request a moment after its merge: before that, none is no answer. */
const settlesMs = 2 * minute;
/** What was refused for a missing right may be granted any day. */
const againMs = 6 * 60 * minute;

/** What to write down of an answer, and when to ask again; `provenance` is undefined where what was known stays. */
export function settle(
  answer: Answer,
  committedAt: Date,
  now: Date,
): { provenance?: Provenance; due: Date | null } {
  const later = (ms: number) => new Date(now.getTime() + ms);
  if ("found" in answer) {
    if (answer.found) return { provenance: answer.found, due: null };
    return now.getTime() - committedAt.getTime() < settlesMs
      ? { due: later(minute / 2) }
      : { provenance: { kind: "direct" }, due: null };
  }
  if (answer.passes) return { due: answer.retryAt ?? later(minute) };
  return { provenance: { kind: "unknown", why: answer.refused.slice(0, 300) }, due: later(againMs) };
}
