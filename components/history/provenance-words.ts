import { plural } from "#components/ui/format.ts";
import type { Provenance } from "#lib/revisions/schemas.ts";

const most = 3;

/** "approved by bob, carol and 2 more"; what a pull request without one says, too. */
export function approvalWords(approvedBy: readonly string[]): string {
  if (approvedBy.length === 0) return "approved by nobody";
  const shown = approvedBy.slice(0, most).join(", ");
  const more = approvedBy.length - most;
  return `approved by ${shown}${more > 0 ? ` and ${plural(more, "other")}` : ""}`;
}

/** How a commit came to its branch, beside its author; null where its host was not asked yet. */
export function provenanceWords(provenance: Provenance | null): string | null {
  if (!provenance) return null;
  if (provenance.kind === "direct") return "pushed directly, no pull request";
  if (provenance.kind === "unknown") return "approvals not known";
  return approvalWords(provenance.approvedBy);
}
