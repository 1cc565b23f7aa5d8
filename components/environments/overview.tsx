"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useRouter, useSearchParams } from "next/navigation";
import { useMemo, useState } from "react";
import { useFilterKey } from "#components/keyboard/filter-key.ts";
import { PageHead } from "#components/shell/page-head.tsx";
import { needsLook, SIGNS, signOf } from "#components/state/state.ts";
import { Button } from "#components/ui/button.tsx";
import { duration, shortSha } from "#components/ui/format.ts";
import { Empty } from "#components/ui/notice.tsx";
import { Time, useNow } from "#components/ui/time.tsx";
import { Waiting } from "#components/ui/waiting.tsx";
import type { EnvironmentRow } from "#lib/environments/schemas.ts";
import { EnvironmentTable } from "./environment-table.tsx";
import { fleetSentence } from "./fleet-sentence.ts";
import { environmentHref } from "./href.ts";
import { environmentQueries } from "./queries.ts";

/** The fleet in one glance: is everything as Git says, and if not, what, since when, who. */
export function Overview({ org, orgName }: { org: string; orgName: string }) {
  const query = useQuery(environmentQueries.list(org));
  const [filter, setFilter] = useUrlFilter();
  const rows = query.data?.environments;
  const shown = useMemo(() => (rows ?? []).filter((row) => matches(row, filter)), [rows, filter]);
  const off = useMemo(
    () => (rows ?? []).filter((row) => needsLook(signOf(row.state, row.causes))).length,
    [rows],
  );
  const search = useFilterKey();

  if (!rows)
    return (
      <>
        <PageHead
          crumbs={[{ name: orgName }, { name: "Overview" }]}
          title={query.isError ? "The fleet could not be read." : "Looking at the fleet…"}
        />
        <div className="mt-6">
          <Waiting query={query} rows={5} className="h-14" />
        </div>
      </>
    );
  if (rows.length === 0)
    return (
      <>
        <PageHead crumbs={[{ name: orgName }, { name: "Overview" }]} title="No environments yet." />
        <div className="mt-6">
          <Empty
            title="Connect a cluster"
            action={
              <Button look="primary" asChild>
                <Link href={`/${org}/clusters/connect`}>Connect a cluster</Link>
              </Button>
            }
          >
            An agent in your cluster compares it with Git and reports here. Environments are declared in the
            cluster, so they appear by themselves; nothing is configured on this page.
          </Empty>
        </div>
      </>
    );
  return (
    <>
      <PageHead
        crumbs={[{ name: orgName }, { name: "Overview" }]}
        title={fleetSentence(rows).map((part, index) =>
          part.sign ? (
            <span key={index} style={{ color: SIGNS[part.sign].color }}>
              {part.text}
            </span>
          ) : (
            <span key={index}>{part.text}</span>
          ),
        )}
      >
        <FleetFacts org={org} rows={rows} />
      </PageHead>
      <div className="mb-2 mt-5 flex flex-wrap items-center gap-2">
        <label className="flex min-w-[220px] flex-1 items-center justify-between gap-2 rounded-md border border-line-strong bg-raised px-2.5 py-[3px] md:max-w-[340px]">
          <span className="sr-only">Filter environments</span>
          <input
            ref={search}
            value={filter.text}
            onChange={(event) => setFilter({ ...filter, text: event.target.value })}
            placeholder="Filter by name, cluster, author, revision"
            className="w-full bg-transparent outline-none placeholder:text-ink-3"
          />
          <kbd className="rounded-sm border border-line-strong px-1 text-xs text-ink-3">/</kbd>
        </label>
        <Chip pressed={filter.look} onClick={() => setFilter({ ...filter, look: true })}>
          Needs a look {off}
        </Chip>
        <Chip pressed={!filter.look} onClick={() => setFilter({ ...filter, look: false })}>
          All {rows.length}
        </Chip>
        {query.isError && (
          <span role="status" className="text-sm text-drift">
            Could not refresh; showing what was last known.
          </span>
        )}
      </div>
      {shown.length === 0 ? (
        <p className="border-t border-line py-8 text-ink-2">
          {filter.look && filter.text === "" ? "Nothing needs a look. " : "No environment matches. "}
          <button type="button" className="link" onClick={() => setFilter({ text: "", look: false })}>
            Show all {rows.length}
          </button>
        </p>
      ) : (
        <EnvironmentTable org={org} rows={shown} />
      )}
    </>
  );
}

function FleetFacts({ org, rows }: { org: string; rows: EnvironmentRow[] }) {
  const now = useNow();
  const open = rows
    .filter((row) => row.state === "Diverged")
    .sort((a, b) => a.since.localeCompare(b.since))[0];
  const last = rows
    .filter((row) => row.leadTimeMs !== null && row.head)
    .sort((a, b) => b.head!.committedAt.localeCompare(a.head!.committedAt))[0];
  if (!open && !last) return null;
  return (
    <p suppressHydrationWarning>
      {open && (
        <>
          Longest open:{" "}
          <Link className="font-[550] text-ink hover:underline" href={environmentHref(org, open)}>
            {open.name}
          </Link>
          , {SIGNS[signOf(open.state, open.causes)].word.toLowerCase()} for{" "}
          {openFor(now - Date.parse(open.since))}.{" "}
        </>
      )}
      {last?.head && (
        <>
          Last change: <span className="mono">{shortSha(last.head.revision)}</span> reached{" "}
          <b className="font-[550]">{last.name}</b> {duration(last.leadTimeMs!)} after it was committed,{" "}
          <Time at={last.head.committedAt} />.
        </>
      )}
    </p>
  );
}

function Chip({
  pressed,
  onClick,
  children,
}: {
  pressed: boolean;
  onClick: () => void;
  children: React.ReactNode;
}) {
  return (
    <button
      type="button"
      aria-pressed={pressed}
      onClick={onClick}
      className="rounded-md border border-line-strong bg-raised px-2.5 py-[3px] text-ink-2 hover:text-ink aria-pressed:border-ink aria-pressed:font-[550] aria-pressed:text-ink"
    >
      {children}
    </button>
  );
}

type Filter = { text: string; look: boolean };

function matches(row: EnvironmentRow, filter: Filter): boolean {
  if (filter.look && !needsLook(signOf(row.state, row.causes))) return false;
  if (!filter.text) return true;
  const haystack =
    `${row.name} ${row.cluster.name} ${row.repository.name} ${row.path} ${row.head?.author ?? ""} ${row.head?.revision ?? ""} ${row.head?.subject ?? ""} ${SIGNS[signOf(row.state, row.causes)].word} ${row.summary}`.toLowerCase();
  return filter.text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => haystack.includes(word));
}

/** The filter lives in the URL, so that a filtered page can be pasted into a chat. */
function useUrlFilter(): [Filter, (filter: Filter) => void] {
  const params = useSearchParams();
  const router = useRouter();
  const [filter, setFilter] = useState<Filter>({
    text: params.get("q") ?? "",
    look: params.get("show") === "look",
  });
  return [
    filter,
    (next) => {
      setFilter(next);
      const query = new URLSearchParams();
      if (next.text) query.set("q", next.text);
      if (next.look) query.set("show", "look");
      router.replace(query.size ? `?${query}` : "?", { scroll: false });
    },
  ];
}

/** Whole minutes once there is one: a sentence that counts seconds all day is restless. */
const openFor = (ms: number) => duration(ms < 60_000 ? ms : Math.floor(ms / 60_000) * 60_000);
