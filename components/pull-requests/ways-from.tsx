"use client";
import type { HistoryEntry } from "#lib/environments/schemas.ts";
import type { RollbackTarget } from "./rollback-dialog.tsx";

type SyncEntry = Extract<HistoryEntry, { kind: "sync" }>;

/** What can be asked for from an entry of history: going to it, and taking its one change back. */
export function WaysFrom({
  entry,
  onTarget,
}: {
  entry: SyncEntry;
  onTarget: (target: RollbackTarget) => void;
}) {
  const { revision, canRollBack, canRevert, forward } = entry;
  const sha = revision.slice(0, 7);
  if (!canRollBack && !canRevert) return null;
  return (
    <span className="flex flex-wrap gap-x-4">
      {canRollBack && (
        <button
          type="button"
          className="link text-ink-2"
          onClick={() => onTarget({ revision, as: forward ? "forward" : "rollback" })}
          aria-label={`${forward ? "Roll forward to this" : "Roll back to this"}: ${sha}`}
        >
          {forward ? "Roll forward to this" : "Roll back to this"}
        </button>
      )}
      {canRevert && (
        <button
          type="button"
          className="link text-ink-2"
          onClick={() => onTarget({ revision, as: "revert" })}
          aria-label={`Revert this commit: ${sha}`}
        >
          Revert this commit
        </button>
      )}
    </span>
  );
}
