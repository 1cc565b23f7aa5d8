"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Fragment, useEffect, useRef } from "react";
import { WhatRanField } from "#components/history/what-ran-field.tsx";
import { useListKeys } from "#components/keyboard/list-keys.ts";
import type { RollbackTarget } from "#components/pull-requests/rollback-dialog.tsx";
import { useAwake } from "#components/ui/awake.ts";
import { Button } from "#components/ui/button.tsx";
import { Segments } from "#components/ui/segments.tsx";
import { useNow } from "#components/ui/time.tsx";
import { useAddress } from "#components/ui/use-address.ts";
import { Waiting } from "#components/ui/waiting.tsx";
import type { HistoryEntry } from "#lib/environments/schemas.ts";
import { dayGroups } from "./day-groups.ts";
import { HistoryEntryLine } from "./history-entry.tsx";
import { EntryContext } from "./history-line.tsx";
import { environmentQueries } from "./queries.ts";

const FILTERS = [
  ["all", "Everything"],
  ["sync", "Syncs"],
  ["episode", "Differences"],
  ["rollback", "Rollbacks"],
  ["failed", "Failed"],
] as const;

/** Addresses name an entry by its id, or a sync by its commit. */
const isAsked = (entry: HistoryEntry, asked: string | null) =>
  entry.id === asked || (entry.kind === "sync" && entry.revision === asked);

/** Everything that happened to one environment, newest first, by days: syncs, episodes, rollbacks. */
export function History({
  org,
  id,
  onRollBack,
  environment,
}: {
  org: string;
  id: string;
  onRollBack: ((target: RollbackTarget) => void) | undefined;
  environment: { name: string; cluster: string };
}) {
  const [address, change] = useAddress();
  const narrowed = FILTERS.find(([one]) => one === address.get("only"))?.[0] ?? "all";
  const only = narrowed === "all" ? null : narrowed;
  const asked = address.get("entry");
  const query = useInfiniteQuery(environmentQueries.history(org, id, { only }));
  const newest = query.data?.pages.flatMap((page) => page.entries);
  // What a link names is nearly always among the newest; if not, the list begins with it.
  const isAbsent = asked !== null && newest !== undefined && !newest.some((entry) => isAsked(entry, asked));
  const from = useInfiniteQuery({
    ...environmentQueries.history(org, id, { only, entry: asked }),
    enabled: isAbsent,
  });
  const used = isAbsent ? from : query;
  const entries = used.data?.pages.flatMap((page) => page.entries) ?? [];
  // The server knows no zone but its own: days are named once the page is awake.
  const awake = useAwake();
  const now = Math.floor(useNow() / 60_000) * 60_000;
  const groups = dayGroups(entries, now, awake ? undefined : "UTC");
  const rows = new Map(entries.map((entry, index) => [entry.id, index]));
  const list = useListKeys<HTMLOListElement>();
  return (
    <>
      <WhatRanField org={org} environment={environment} />
      <div className="mb-4 flex flex-wrap items-center gap-x-4 gap-y-1">
        <Segments
          label="What is shown"
          value={narrowed}
          options={FILTERS}
          onChange={(next) => change({ only: next === "all" ? null : next, entry: null })}
          className="-ml-1.5 flex-wrap"
        />
        {isAbsent && (
          <button type="button" className="link text-sm text-ink-3" onClick={() => change({ entry: null })}>
            From the newest
          </button>
        )}
      </div>
      {used.data ? (
        <ol ref={list} aria-label="History">
          {groups.map((group) => (
            <Fragment key={group.day}>
              <li className="sticky top-0 z-10 mb-2 bg-paper py-1 text-xs text-ink-3 max-md:top-[45px]">
                <h3 suppressHydrationWarning>{group.name}</h3>
              </li>
              {group.entries.map((entry) => (
                <EntryContext
                  key={`${entry.kind}${entry.id}`}
                  value={{ id: entry.id, asked: isAsked(entry, asked), row: rows.get(entry.id) ?? 0 }}
                >
                  <HistoryEntryLine org={org} entry={entry} onRollBack={onRollBack} />
                </EntryContext>
              ))}
            </Fragment>
          ))}
        </ol>
      ) : (
        <Waiting query={used} rows={8} className="h-[34px]" />
      )}
      {used.data && entries.length === 0 && (
        <p className="text-ink-3">
          {only
            ? "Nothing of this kind has happened."
            : "Nothing has happened yet. The first comparison will stand here."}
        </p>
      )}
      {used.hasNextPage && (
        <Earlier loading={used.isFetchingNextPage} onWanted={() => void used.fetchNextPage()} />
      )}
    </>
  );
}

/** Earlier pages come as one scrolls to their place; the button is for the keyboard. */
function Earlier({ loading, onWanted }: { loading: boolean; onWanted: () => void }) {
  const place = useRef<HTMLDivElement>(null);
  const wanted = useRef(onWanted);
  wanted.current = onWanted;
  useEffect(() => {
    if (!place.current || loading) return;
    const observer = new IntersectionObserver(([seen]) => seen?.isIntersecting && wanted.current(), {
      rootMargin: "600px 0px",
    });
    observer.observe(place.current);
    return () => observer.disconnect();
  }, [loading]);
  return (
    <div ref={place} className="print:hidden">
      <Button onClick={onWanted} disabled={loading}>
        {loading ? "Loading…" : "Earlier"}
      </Button>
    </div>
  );
}
