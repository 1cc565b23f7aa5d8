"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import type { RollbackTarget } from "#components/pull-requests/rollback-dialog.tsx";
import { useAddress } from "#components/ui/use-address.ts";
import { Waiting } from "#components/ui/waiting.tsx";
import { HistoryEntryLine } from "./history-entry.tsx";
import { EntryContext } from "./history-line.tsx";
import { environmentQueries } from "./queries.ts";

/** The newest of what happened to one environment, beside the evidence. */
export function RecentHistory({
  org,
  id,
  onRollBack,
  limit,
}: {
  org: string;
  id: string;
  onRollBack: ((target: RollbackTarget) => void) | undefined;
  limit: number;
}) {
  const query = useInfiniteQuery(environmentQueries.history(org, id));
  const [, change] = useAddress();
  if (!query.data) return <Waiting query={query} rows={limit} className="h-[34px]" />;
  const shown = query.data.pages.flatMap((page) => page.entries).slice(0, limit);
  if (shown.length === 0)
    return <p className="text-ink-3">Nothing has happened yet. The first comparison will stand here.</p>;
  return (
    <>
      <ol aria-label="History">
        {shown.map((entry) => (
          <EntryContext key={`${entry.kind}${entry.id}`} value={{ id: entry.id, asked: false }}>
            <HistoryEntryLine org={org} entry={entry} onRollBack={onRollBack} />
          </EntryContext>
        ))}
      </ol>
      <button
        type="button"
        className="link ml-6 text-sm text-ink-3 print:hidden"
        onClick={() => change({ tab: "history", object: null }, "push")}
      >
        All of its history
      </button>
    </>
  );
}
