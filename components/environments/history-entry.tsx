"use client";
import Link from "next/link";
import { WAY } from "#components/pull-requests/kind-words.ts";
import type { RollbackTarget } from "#components/pull-requests/rollback-dialog.tsx";
import { leadingCause, SIGNS } from "#components/state/state.ts";
import { Sha } from "#components/ui/copy.tsx";
import { duration, plural } from "#components/ui/format.ts";
import { Clock } from "#components/ui/time.tsx";
import type { HistoryEntry } from "#lib/environments/schemas.ts";
import { HistoryLine } from "./history-line.tsx";
import { SyncLine } from "./sync-line.tsx";

/** One entry of an environment's history. */
export function HistoryEntryLine({
  org,
  entry,
  onRollBack,
}: {
  org: string;
  entry: HistoryEntry;
  onRollBack: ((target: RollbackTarget) => void) | undefined;
}) {
  if (entry.kind === "sync") return <SyncLine entry={entry} onRollBack={onRollBack} />;
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
          <b className="font-[550]">{SIGNS[sign].word}</b>
          {episode.objects > 0 && ` ${plural(episode.objects, "object")}`}
          {lasted ? `, closed after ${lasted}` : ", open"}
        </>
      }
    >
      <Clock at={episode.startedAt} />, {episode.summary || "no field was recorded"}
    </HistoryLine>
  );
}
