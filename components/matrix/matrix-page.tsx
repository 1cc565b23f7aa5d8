"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import { useMemo, useState } from "react";
import { useFilterKey } from "#components/keyboard/filter-key.ts";
import { Kbd } from "#components/keyboard/kbd.tsx";
import { useListKeys } from "#components/keyboard/list-keys.ts";
import { PageHead } from "#components/shell/page-head.tsx";
import { Button } from "#components/ui/button.tsx";
import { Empty } from "#components/ui/notice.tsx";
import { Waiting } from "#components/ui/waiting.tsx";
import { SectionView } from "./matrix-section.tsx";
import { filterMatrix, matrixSentence } from "./matrix-sentence.ts";
import { matrixQueries } from "./queries.ts";

/** Workloads against environments: what runs where, since when, and what is ahead of what. */
export function MatrixPage({ org, orgName }: { org: string; orgName: string }) {
  const [filter, setFilter] = useUrlFilter();
  const query = useQuery(matrixQueries.of(org, filter.repository));
  const sections = query.data?.sections;
  const shown = useMemo(() => filterMatrix(sections ?? [], filter), [sections, filter]);
  const search = useFilterKey();
  const list = useListKeys<HTMLDivElement>();
  const crumbs = [{ name: orgName, href: `/${org}` }, { name: "Matrix" }];
  if (!query.data || !sections)
    return (
      <>
        <PageHead
          crumbs={crumbs}
          title={query.isError ? "The matrix could not be read." : "Looking at what runs…"}
        />
        <div className="mt-6">
          <Waiting query={query} rows={8} className="h-11" />
        </div>
      </>
    );
  const rows = sections.flatMap((one) => one.rows);
  if (rows.length === 0)
    return (
      <>
        <PageHead crumbs={crumbs} title="No workload has been reported yet." />
        <div className="mt-6">
          <Empty
            title="Versions stand here, side by side"
            action={
              <Button look="primary" asChild>
                <Link href={`/${org}/clusters/connect`}>Connect a cluster</Link>
              </Button>
            }
          >
            Once agents report, each row is a workload and each column an environment of its repository: which
            image runs there, since when, and which environment is how many versions behind.
          </Empty>
        </div>
      </>
    );
  let first = 0;
  return (
    <>
      <PageHead
        crumbs={crumbs}
        title={matrixSentence(sections).map(({ text, strong }) =>
          strong ? (
            <b key={text} className="text-pending">
              {text}
            </b>
          ) : (
            text
          ),
        )}
      >
        <p>
          What the clusters run. Versions are ordered by their numbers, or else by when Git asked for them.
        </p>
      </PageHead>
      <div className="mb-5 mt-5 flex flex-wrap items-center gap-2">
        <label className="flex min-w-[220px] flex-1 items-center justify-between gap-2 rounded-md border border-line-strong bg-raised px-2.5 py-[3px] md:max-w-[340px]">
          <span className="sr-only">Filter workloads</span>
          <input
            ref={search}
            value={filter.text}
            onChange={(event) => setFilter({ ...filter, text: event.target.value })}
            placeholder="Filter by workload, image, version"
            className="w-full bg-transparent outline-none placeholder:text-ink-3"
          />
          <Kbd keys="/" />
        </label>
        <button
          type="button"
          aria-pressed={filter.differing}
          onClick={() => setFilter({ ...filter, differing: !filter.differing })}
          className="rounded-md border border-line-strong bg-raised px-2.5 py-[3px] text-ink-2 hover:text-ink aria-pressed:border-ink aria-pressed:font-[550] aria-pressed:text-ink"
        >
          Only what differs
        </button>
        {query.data.repositories.length > 1 && (
          <select
            aria-label="Repository"
            value={filter.repository ?? (sections.length === 1 ? sections[0]!.repository.name : "")}
            onChange={(event) => setFilter({ ...filter, repository: event.target.value || null })}
            className="max-w-full rounded-md border border-line-strong bg-raised px-2 py-[4px] text-ink-2"
          >
            <option value="">All repositories</option>
            {query.data.repositories.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        )}
        {query.isError && (
          <span role="status" className="text-sm text-drift">
            Could not refresh; showing what was last known.
          </span>
        )}
      </div>
      {shown.length === 0 ? (
        <p className="border-t border-line py-8 text-ink-2">
          No workload matches.{" "}
          <button
            type="button"
            className="link"
            onClick={() => setFilter({ ...filter, text: "", differing: false })}
          >
            Show all {rows.length}
          </button>
        </p>
      ) : (
        <div ref={list}>
          {shown.map((section) => {
            const from = first;
            first += section.rows.length;
            return <SectionView key={section.repository.id} org={org} section={section} firstRow={from} />;
          })}
        </div>
      )}
    </>
  );
}

type Filter = { text: string; differing: boolean; repository: string | null };

/** The filter lives in the URL, so that a filtered page can be pasted into a chat. */
function useUrlFilter(): [Filter, (filter: Filter) => void] {
  const params = useSearchParams();
  const [filter, setFilter] = useState<Filter>({
    text: params.get("q") ?? "",
    differing: params.get("show") === "differing",
    repository: params.get("repository"),
  });
  return [
    filter,
    (next) => {
      setFilter(next);
      const query = new URLSearchParams();
      if (next.text) query.set("q", next.text);
      if (next.differing) query.set("show", "differing");
      if (next.repository) query.set("repository", next.repository);
      // The page's data is asked for by its own query: the address alone changes.
      window.history.replaceState(null, "", query.size ? `?${query}` : window.location.pathname);
    },
  ];
}
