"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import { useDeferredValue, useMemo, useState } from "react";
import { useFilterKey } from "#components/keyboard/filter-key.ts";
import { Kbd } from "#components/keyboard/kbd.tsx";
import { useListKeys } from "#components/keyboard/list-keys.ts";
import { PageHead } from "#components/shell/page-head.tsx";
import { Button } from "#components/ui/button.tsx";
import { plural } from "#components/ui/format.ts";
import { Empty } from "#components/ui/notice.tsx";
import { Waiting } from "#components/ui/waiting.tsx";
import { addressOf, longestText, partOf } from "#lib/matrix/rules.ts";
import type { MatrixPart } from "#lib/matrix/schemas.ts";
import { OtherEnvironments, SectionView } from "./matrix-section.tsx";
import { filterMatrix, matrixSentence } from "./matrix-sentence.ts";
import { matrixQueries } from "./queries.ts";

/** Workloads against environments: what runs where, since when, and what is ahead of what. */
export function MatrixPage({ org, orgName }: { org: string; orgName: string }) {
  const [part, show] = useUrlPart();
  const [more, setMore] = useState({ of: part, times: 0 });
  const asked = useDeferredValue(part);
  const query = useQuery(matrixQueries.of(org, asked, more.of === asked ? more.times : 0));
  const sections = query.data?.sections;
  const isOld = query.isPlaceholderData || asked !== part;
  const shown = useMemo(
    () => (isOld ? filterMatrix(sections ?? [], part) : (sections ?? [])),
    [sections, part, isOld],
  );
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
  const { totals, moreRows, together, repositories } = query.data;
  if (totals.rows === 0)
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
        title={matrixSentence(totals).map(({ text, strong }) =>
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
          What the clusters run. Versions are ordered by their numbers, or else by when Git asked for them
          {totals.comparedAtOnce && `, among ${totals.comparedAtOnce} environments at a time`}.
        </p>
      </PageHead>
      <div className="mb-5 mt-5 flex flex-wrap items-center gap-2">
        <label className="flex min-w-[220px] flex-1 items-center justify-between gap-2 rounded-md border border-line-strong bg-raised px-2.5 py-[3px] md:max-w-[340px]">
          <span className="sr-only">Filter workloads</span>
          <input
            ref={search}
            value={part.text}
            maxLength={longestText}
            onChange={(event) => show({ ...part, text: event.target.value })}
            placeholder="Filter by workload, image, version"
            className="w-full bg-transparent outline-none placeholder:text-ink-3"
          />
          <Kbd keys="/" />
        </label>
        <button
          type="button"
          aria-pressed={part.differing}
          onClick={() => show({ ...part, differing: !part.differing })}
          className="rounded-md border border-line-strong bg-raised px-2.5 py-[3px] text-ink-2 hover:text-ink aria-pressed:border-ink aria-pressed:font-[550] aria-pressed:text-ink"
        >
          Only what differs
        </button>
        {repositories.length > 1 && (
          <select
            aria-label="Repository"
            value={together ? (part.repository ?? "") : repositories.find((one) => one.shown)?.name}
            onChange={(event) => show({ ...part, repository: event.target.value || null, from: 0 })}
            className="max-w-full rounded-md border border-line-strong bg-raised px-2 py-[4px] text-ink-2"
          >
            {together && <option value="">All repositories</option>}
            {repositories.map(({ name }) => (
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
      {shown.every(({ rows }) => rows.length === 0) ? (
        <div className="border-t border-line py-8 text-ink-2">
          {isOld ? (
            "Looking…"
          ) : (
            <>
              No workload matches.{" "}
              <button
                type="button"
                className="link"
                onClick={() => show({ ...part, text: "", differing: false, from: 0 })}
              >
                Show all {totals.rows}
              </button>
              {shown[0] && (
                <OtherEnvironments section={shown[0]} go={(place) => show({ ...part, from: place })} />
              )}
            </>
          )}
        </div>
      ) : (
        <div ref={list}>
          {shown.map((section) => {
            const from = first;
            first += section.rows.length;
            return (
              <SectionView
                key={section.repository.id}
                org={org}
                section={section}
                firstRow={from}
                go={(place) => show({ ...part, repository: section.repository.name, from: place })}
              />
            );
          })}
        </div>
      )}
      {moreRows > 0 && (
        <Button
          onClick={() => setMore({ of: part, times: more.of === part ? more.times + 1 : 1 })}
          disabled={query.isFetching}
        >
          {query.isFetching ? "Loading…" : `Show ${plural(moreRows, "more row")}`}
        </Button>
      )}
    </>
  );
}

/** The part that is looked at lives in the URL, so that a filtered page can be pasted into a chat. */
function useUrlPart(): [MatrixPart, (part: MatrixPart) => void] {
  const params = useSearchParams();
  const [part, setPart] = useState(() => partOf(params));
  return [
    part,
    (next) => {
      setPart(next);
      const query = addressOf(next);
      // The page's data is asked for by its own query: the address alone changes.
      window.history.replaceState(null, "", query.size ? `?${query}` : window.location.pathname);
    },
  ];
}
