import { plural } from "#components/ui/format.ts";
import type { PullRequestRow } from "#lib/pull-requests/schemas.ts";

type Row = Pick<PullRequestRow, "status" | "proven">;

/** What a colleague would say of all pull requests: which wait for people, which move by themselves, which got there. */
export function pullRequestsSentence(rows: readonly Row[]): string {
  if (rows.length === 0) return "No pull request was opened yet.";
  const of = (...statuses: Row["status"][]) => rows.filter(({ status }) => statuses.includes(status)).length;
  const waiting = of("open", "requested");
  const refused = of("failed");
  const moving = of("merged", "converging");
  const proven = rows.filter(({ proven }) => proven).length;
  const parts = [
    waiting > 0 && `${plural(waiting, "pull request")} ${waiting === 1 ? "waits" : "wait"} for a merge`,
    refused > 0 && `${refused} could not be opened`,
    moving > 0 && `${moving} ${moving === 1 ? "is" : "are"} converging`,
  ].filter((part) => part !== false);
  const now = parts.length > 0 ? parts.join(", ") : "No pull request waits for anyone";
  return `${now}. ${proven === 0 ? "None" : proven} of ${rows.length} ${proven === 1 || proven === 0 ? "is" : "are"} proven.`;
}
