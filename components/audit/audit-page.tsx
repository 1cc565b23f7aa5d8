"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useRouter, useSearchParams } from "next/navigation";
import { useEffect, useState } from "react";
import { PageHead } from "#components/shell/page-head.tsx";
import { Button } from "#components/ui/button.tsx";
import { Empty, Notice } from "#components/ui/notice.tsx";
import { Waiting } from "#components/ui/waiting.tsx";
import type { AuditFilter } from "#lib/audit/schemas.ts";
import type { Role } from "#lib/organizations/schemas.ts";
import { AuditFilters } from "./audit-filters.tsx";
import { AuditLine } from "./audit-line.tsx";
import { auditQueries, exportHref, filterQuery, readFilter } from "./queries.ts";

// Loaded when it is opened.
const VerifyDialog = dynamic(() => import("./verify-dialog.tsx").then((module) => module.VerifyDialog), {
  ssr: false,
});

/** Who did what, on what, when, from where and why; a chain whose tampering shows. */
export function AuditPageView({ org, orgName, role }: { org: string; orgName: string; role: Role }) {
  const router = useRouter();
  const filter = readFilter(useSearchParams());
  const query = useInfiniteQuery(auditQueries.list(org, filter));
  const [verifying, setVerifying] = useState(false);
  const asked = filterQuery(filter) !== "";
  const go = (next: AuditFilter) => router.replace(`/${org}/audit${filterQuery(next)}`, { scroll: false });
  const events = query.data?.pages.flatMap((page) => page.events) ?? [];
  const searchedTo = query.data?.pages.at(-1)?.searchedTo ?? null;
  const { hasNextPage, isFetching, fetchNextPage } = query;
  // A search looks through so many events an answer: it goes on by itself until it has something to show.
  const empty = events.length === 0;
  useEffect(() => {
    if (searchedTo && empty && hasNextPage && !isFetching) void fetchNextPage();
  }, [searchedTo, empty, hasNextPage, isFetching, fetchNextPage]);
  return (
    <>
      <PageHead
        crumbs={[{ name: orgName, href: `/${org}` }, { name: "Audit" }]}
        title="Every action that matters, in an order nobody can quietly change."
        actions={
          <>
            <Button asChild>
              <a href={exportHref(org, filter, "csv")} download>
                CSV
              </a>
            </Button>
            <Button asChild>
              <a href={exportHref(org, filter, "jsonl")} download>
                JSON lines
              </a>
            </Button>
            <Button onClick={() => setVerifying(true)}>Verify…</Button>
          </>
        }
      >
        Each entry carries the hash of the one before it. Exports hold what the filter shows.
      </PageHead>
      {verifying && <VerifyDialog org={org} role={role} onClose={() => setVerifying(false)} />}
      <AuditFilters key={filterQuery(filter)} org={org} filter={filter} onChange={go} />
      {query.isError && query.data && <Notice tone="failed" title={query.error.message} className="mt-4" />}
      {!query.data && (
        <div className="mt-5">
          <Waiting query={query} rows={6} className="h-11" />
        </div>
      )}
      {query.data && empty && !hasNextPage && (
        <div className="mt-5">
          <Empty
            title={asked ? "Nothing in the log is like that." : "Nothing has happened yet."}
            action={asked && <Button onClick={() => go({} as AuditFilter)}>Show everything</Button>}
          >
            {asked
              ? "Try fewer words, a longer time, or another person."
              : "What people, agents and Plumbline itself do will stand here, with who, when, from where and why."}
          </Empty>
        </div>
      )}
      {!empty && (
        <ol className="mt-5 border-t border-line">
          {events.map((event) => (
            <AuditLine key={event.sequence} org={org} event={event} />
          ))}
        </ol>
      )}
      <div className="mt-3 flex flex-wrap items-center gap-3 text-ink-2">
        {hasNextPage && (
          <Button onClick={() => fetchNextPage()} disabled={isFetching}>
            {isFetching ? "Reading…" : searchedTo ? "Search earlier" : "Earlier"}
          </Button>
        )}
        {searchedTo && <span role="status">Searched back to event {searchedTo}.</span>}
      </div>
    </>
  );
}
