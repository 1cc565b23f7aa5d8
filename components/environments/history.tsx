"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import Link from "next/link";
import { WhatRanField } from "#components/history/what-ran-field.tsx";
import { WAY } from "#components/pull-requests/kind-words.ts";
import type { RollbackTarget } from "#components/pull-requests/rollback-dialog.tsx";
import { leadingCause, SIGNS } from "#components/state/state.ts";
import { Button } from "#components/ui/button.tsx";
import { Sha } from "#components/ui/copy.tsx";
import { duration, plural } from "#components/ui/format.ts";
import { Clock } from "#components/ui/time.tsx";
import { Waiting } from "#components/ui/waiting.tsx";
import type { HistoryEntry } from "#lib/environments/schemas.ts";
import { HistoryLine } from "./history-line.tsx";
import { environmentQueries } from "./queries.ts";
import { SyncLine } from "./sync-line.tsx";

/** Everything that happened to one environment, newest first: syncs, episodes, rollbacks. */
export function History({
  org,
  id,
  onRollBack,
  limit,
  environment,
}: {
  org: string;
  id: string;
  onRollBack: ((target: RollbackTarget) => void) | undefined;
  limit?: number;
  /** Where it is given, one may ask what it ran at an instant. */
  environment?: { name: string; cluster: string };
}) {
  const query = useInfiniteQuery(environmentQueries.history(org, id));
  if (!query.data) return <Waiting query={query} />;
  const entries = query.data.pages.flatMap((page) => page.entries);
  const shown = limit ? entries.slice(0, limit) : entries;
  if (shown.length === 0)
    return <p className="text-ink-3">Nothing has happened yet. The first comparison will stand here.</p>;
  return (
    <>
      {environment && <WhatRanField org={org} environment={environment} />}
      <ol aria-label="History">
        {shown.map((entry) => (
          <Entry key={`${entry.kind}${entry.id}`} org={org} entry={entry} onRollBack={onRollBack} />
        ))}
      </ol>
      {!limit && query.hasNextPage && (
        <Button onClick={() => query.fetchNextPage()} disabled={query.isFetchingNextPage}>
          {query.isFetchingNextPage ? "Loading…" : "Earlier"}
        </Button>
      )}
    </>
  );
}

function Entry({
  org,
  entry,
  onRollBack,
}: {
  org: string;
  entry: HistoryEntry;
  onRollBack: ((target: RollbackTarget) => void) | undefined;
}) {
  if (entry.kind === "episode") {
    const { episode } = entry;
    const sign = leadingCause(episode.causes) ?? "pending";
    const lasted = episode.endedAt
      ? duration(Date.parse(episode.endedAt) - Date.parse(episode.startedAt))
      : null;
    return (
      <HistoryLine
        sign={sign}
        title={
          <>
            <b className="font-[550]">{SIGNS[sign].word}</b>{" "}
            {episode.objects > 0 && plural(episode.objects, "object")}
            {lasted ? `, closed after ${lasted}` : ", open"}
          </>
        }
      >
        <Clock at={episode.startedAt} />, {episode.summary || "no field was recorded"}
      </HistoryLine>
    );
  }
  if (entry.kind === "rollback")
    return (
      <HistoryLine
        sign="pending"
        title={
          <>
            <b className="font-[550]">{WAY[entry.action]}</b>{" "}
            <Sha revision={entry.commitRevision ?? entry.toRevision} /> asked for
          </>
        }
      >
        <Clock at={entry.at} />,{" "}
        <Link className="link" href={`/${org}/pull-requests/${entry.id}`}>
          {entry.number ? `#${entry.number}` : "pull request"} {entry.status}
        </Link>{" "}
        by {entry.requester}: “{entry.reason}”
      </HistoryLine>
    );
  return <SyncLine entry={entry} onRollBack={onRollBack} />;
}
