"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import Link from "next/link";
import type { ReactNode } from "react";
import { leadingCause, SIGNS, type Sign } from "#components/state/state.ts";
import { StateIcon } from "#components/state/state-badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Sha } from "#components/ui/copy.tsx";
import { duration, plural } from "#components/ui/format.ts";
import { Clock, Time } from "#components/ui/time.tsx";
import { Waiting } from "#components/ui/waiting.tsx";
import type { HistoryEntry } from "#lib/environments/schemas.ts";
import { environmentQueries } from "./queries.ts";

type SyncEntry = Extract<HistoryEntry, { kind: "sync" }>;

/** Everything that happened to one environment, newest first: syncs, episodes, rollbacks. */
export function History({
  org,
  id,
  onRollBack,
  limit,
}: {
  org: string;
  id: string;
  onRollBack: ((entry: SyncEntry) => void) | undefined;
  limit?: number;
}) {
  const query = useInfiniteQuery(environmentQueries.history(org, id));
  if (!query.data) return <Waiting query={query} />;
  const entries = query.data.pages.flatMap((page) => page.entries);
  const shown = limit ? entries.slice(0, limit) : entries;
  if (shown.length === 0)
    return <p className="text-ink-3">Nothing has happened yet. The first comparison will stand here.</p>;
  return (
    <>
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

function Line({ sign, title, children }: { sign: Sign; title: ReactNode; children: ReactNode }) {
  return (
    <li className="relative grid grid-cols-[16px_minmax(0,1fr)] gap-2 pb-3.5 before:absolute before:bottom-[-2px] before:left-[7px] before:top-[18px] before:w-px before:bg-line-strong last:before:hidden">
      <StateIcon sign={sign} className="relative mt-[3px] bg-paper" />
      <div className="[overflow-wrap:anywhere]">
        {title}
        <div className="text-sm leading-[17px] text-ink-3">{children}</div>
      </div>
    </li>
  );
}

function Entry({
  org,
  entry,
  onRollBack,
}: {
  org: string;
  entry: HistoryEntry;
  onRollBack: ((entry: SyncEntry) => void) | undefined;
}) {
  if (entry.kind === "episode") {
    const { episode } = entry;
    const sign = leadingCause(episode.causes) ?? "pending";
    const lasted = episode.endedAt
      ? duration(Date.parse(episode.endedAt) - Date.parse(episode.startedAt))
      : null;
    return (
      <Line
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
      </Line>
    );
  }
  if (entry.kind === "rollback")
    return (
      <Line
        sign="pending"
        title={
          <>
            <b className="font-[550]">Rollback</b> to <Sha revision={entry.toRevision} /> asked for
          </>
        }
      >
        <Clock at={entry.at} />,{" "}
        <Link className="link" href={`/${org}/pull-requests/${entry.id}`}>
          {entry.number ? `#${entry.number}` : "pull request"} {entry.status}
        </Link>{" "}
        by {entry.requester}: “{entry.reason}”
      </Line>
    );
  return <SyncLine entry={entry} onRollBack={onRollBack} />;
}

function SyncLine({
  entry,
  onRollBack,
}: {
  entry: SyncEntry;
  onRollBack: ((entry: SyncEntry) => void) | undefined;
}) {
  const failed = entry.outcome === "failed" || entry.outcome === "refused";
  const word = failed
    ? entry.outcome === "refused"
      ? "Refused"
      : "Failed"
    : entry.convergedAt
      ? "Converged"
      : entry.outcome === "observed"
        ? "Seen"
        : "Applied";
  const changed = entry.objects.filter((object) =>
    ["created", "configured", "pruned"].includes(object.action),
  ).length;
  const tookMs =
    entry.convergedAt && entry.commit && entry.trigger !== "start"
      ? Date.parse(entry.convergedAt) - Date.parse(entry.commit.committedAt)
      : null;
  return (
    <Line
      sign={failed ? "failed" : entry.convergedAt ? "converged" : "pending"}
      title={
        <>
          <b className="font-[550]">{word}</b> <Sha revision={entry.revision} />
          {entry.proven && ", proven"}
          {tookMs !== null && tookMs > 0 && tookMs < 86_400_000 && ` in ${duration(tookMs)}`}{" "}
          {entry.commit?.subject}
        </>
      }
    >
      <Clock at={entry.at} />, {entry.commit ? `${entry.commit.author}, ` : ""}
      {triggerWords(entry)}
      {changed > 0 && `, ${plural(changed, "object")} changed`}
      {entry.message && <span className="block text-failed">{entry.message}</span>}
      {entry.canRollBack && onRollBack && (
        <button
          type="button"
          className="link ml-2 text-ink-2"
          onClick={() => onRollBack(entry)}
          aria-label={`Roll back to ${entry.revision.slice(0, 7)}`}
        >
          Roll back to this
        </button>
      )}
      <span className="sr-only">
        <Time at={entry.at} />
      </span>
    </Line>
  );
}

function triggerWords(entry: SyncEntry): string {
  const words: Record<string, string> = {
    start: "first look",
    commit: "by a commit",
    drift: "healed a hand edit",
    hint: "by a hint",
    resume: "on resuming",
    retry: "tried again",
    declaration: "declaration changed",
  };
  return entry.mode === "observe" ? "observed" : (words[entry.trigger] ?? entry.trigger);
}
