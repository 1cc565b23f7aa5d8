import { SYNC_OUTCOMES } from "#components/state/outcomes.ts";
import { duration } from "#components/ui/format.ts";
import type { HistoryEntry } from "#lib/environments/schemas.ts";

export type SyncEntry = Extract<HistoryEntry, { kind: "sync" }>;

/** One moment of a sync's way; `after` is how long it took from the one before, in words. */
export type SyncStep = { name: string; at: string; after: string | null };

/**
 * The way of a sync in time: committed → noticed → applied → converged, or whatever end it had. What was
 * committed long before the agent looked, or was only put back, begins where the agent began.
 */
export function syncSteps(entry: SyncEntry): SyncStep[] {
  const followed = entry.trigger === "commit" || entry.trigger === "hint";
  const moments: [name: string, at: string | null | undefined][] = [
    ["committed", followed ? entry.commit?.committedAt : null],
    ["noticed", followed ? entry.noticedAt : null],
  ];
  if (!moments.some(([, at]) => at)) moments.push(["begun", entry.startedAt]);
  if (entry.mode !== "observe" && entry.outcome !== "refused") moments.push(["applied", entry.appliedAt]);
  const settled = entry.convergedAt ?? (entry.outcome === "succeeded" ? entry.finishedAt : null);
  if (
    entry.outcome === "failed" ||
    entry.outcome === "refused" ||
    (entry.outcome === "superseded" && !settled)
  )
    moments.push([SYNC_OUTCOMES[entry.outcome].word.toLowerCase(), entry.finishedAt]);
  else moments.push(["converged", settled]);
  const steps: SyncStep[] = [];
  for (const [name, at] of moments) {
    const before = steps.at(-1);
    if (!at) continue;
    const ms = before ? Date.parse(at) - Date.parse(before.at) : null;
    // Clocks of two machines: a step back in time says nothing of how long it took.
    steps.push({ name, at, after: ms === null || ms < -1000 ? null : ms < 1000 ? "<1 s" : duration(ms) });
  }
  return steps.length > 1 ? steps : [];
}

/** The word for how a sync stands; `converged` is not the sync's to say, as others may have to follow. */
export function syncWord(entry: Pick<SyncEntry, "outcome" | "convergedAt">) {
  if (entry.convergedAt && entry.outcome !== "failed" && entry.outcome !== "refused")
    return { word: "Converged", sign: "converged" as const };
  return SYNC_OUTCOMES[entry.outcome];
}

const CHANGES = ["created", "configured", "recreated", "pruned", "failed"];

/** Objects a sync did something to, those with something to say first. */
export const touchedObjects = (entry: Pick<SyncEntry, "objects">) =>
  entry.objects
    .filter((object) => CHANGES.includes(object.action) || object.message)
    .sort((a, b) => Number(Boolean(b.message)) - Number(Boolean(a.message)));
