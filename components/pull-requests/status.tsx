import type { Sign } from "#components/state/state.ts";
import { StateBadge } from "#components/state/state-badge.tsx";
import type { PullRequestRow } from "#lib/pull-requests/schemas.ts";

const LOOK: Record<PullRequestRow["status"], { sign: Sign; word: string }> = {
  requested: { sign: "converging", word: "Opening" },
  open: { sign: "pending", word: "Open" },
  merged: { sign: "converging", word: "Merged" },
  converging: { sign: "converging", word: "Converging" },
  converged: { sign: "converged", word: "Converged" },
  closed: { sign: "suspended", word: "Closed" },
  failed: { sign: "failed", word: "Failed" },
};

/** Where a pull request is, as shape, word and colour. */
export function PullRequestStatusBadge({ pull }: { pull: PullRequestRow }) {
  const look = LOOK[pull.status];
  return <StateBadge sign={look.sign} word={pull.proven ? "Converged, proven" : look.word} />;
}
