"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { BEFORE_AFTER } from "#components/diff/diff-line.tsx";
import { DiffView } from "#components/diff/diff-view.tsx";
import { objectLines } from "#components/diff/object-lines.ts";
import { PageHead } from "#components/shell/page-head.tsx";
import { Sha } from "#components/ui/copy.tsx";
import { plural, safeHref } from "#components/ui/format.ts";
import { Empty, Notice } from "#components/ui/notice.tsx";
import { Waiting } from "#components/ui/waiting.tsx";
import type { ComparedSide, Comparison } from "#lib/history/schemas.ts";
import { Exact } from "./exact.tsx";
import { objectWords, ranHref } from "./href.ts";
import { historyQueries } from "./queries.ts";

/** What differs between two syncs, revisions, instants or environments, as rendered objects. */
export function ComparePage({
  org,
  orgName,
  from,
  to,
}: {
  org: string;
  orgName: string;
  from: string;
  to: string;
}) {
  const chosen = from !== "" && to !== "";
  const query = useQuery({ ...historyQueries.comparison(org, from, to), enabled: chosen });
  const told = query.data;
  const href = safeHref(told?.gitUrl);
  return (
    <>
      <PageHead
        crumbs={[{ name: orgName, href: `/${org}` }, { name: "Compare" }]}
        title={told ? titleOf(told) : "Compare"}
      >
        {told && (
          <>
            <SideLine org={org} name="From" side={told.before} />
            <SideLine org={org} name="To" side={told.after} />
            {href && (
              <a className="link" href={href} rel="noreferrer">
                The commits between, on the Git host
              </a>
            )}
          </>
        )}
      </PageHead>
      <div className="mt-4 flex max-w-[1000px] flex-col gap-4">
        {!chosen ? (
          <Empty title="Two sides are compared here">
            Open what an environment ran at some time, from its history, and choose “Compare with now”. The
            address of this page names both sides, so that it can be sent to somebody.
          </Empty>
        ) : told ? (
          <Differences told={told} />
        ) : (
          <Waiting query={query} />
        )}
      </div>
    </>
  );
}

function titleOf({ before, after, objects, more, same }: Comparison): string {
  if (same) return "Both rendered to the same, byte for byte";
  if (!before.kept || !after.kept) return "The manifests of one side are not kept";
  const differing = objects.length + more;
  return differing === 0
    ? "No object differs"
    : `${plural(differing, "object")} ${differing === 1 ? "differs" : "differ"}`;
}

function SideLine({ org, name, side }: { org: string; name: string; side: ComparedSide }) {
  return (
    <p className="[overflow-wrap:anywhere]">
      {name}{" "}
      <Link className="link" href={ranHref(org, side.environment, side.since)}>
        {side.environment.cluster}/{side.environment.name}
      </Link>{" "}
      at <Sha revision={side.revision} /> {side.commit?.subject}, in place since <Exact at={side.since} />
    </p>
  );
}

function Differences({ told }: { told: Comparison }) {
  const { before, after, objects, more, unchanged } = told;
  if (!before.kept || !after.kept)
    return (
      <Notice title="Its objects cannot be compared.">
        Exact manifests are kept for as long as the organization chooses; the commits can still be compared in
        Git.
      </Notice>
    );
  if (objects.length === 0)
    return (
      <Empty title="Nothing differs.">
        <p>{plural(unchanged, "object")} on both sides, each with the same manifest.</p>
      </Empty>
    );
  return (
    <>
      {objects.map((object) => (
        <section
          key={`${object.key}${object.change}`}
          aria-label={objectWords(object.key)}
          className="overflow-hidden rounded-lg border border-line bg-raised"
        >
          <header className="flex flex-wrap justify-between gap-x-4 px-3.5 py-2.5">
            <span className="[overflow-wrap:anywhere]">{objectWords(object.key)}</span>
            <span className="text-sm text-ink-3">{object.change}</span>
          </header>
          {!object.kept && (
            <p className="border-t border-line px-3.5 py-2 text-sm text-ink-3">
              A manifest of it is not kept, so that its fields cannot be told.
            </p>
          )}
          {object.fields.length > 0 && <Fields fields={object.fields} />}
        </section>
      ))}
      <p className="text-ink-3">
        {more > 0 && `${plural(more, "more object")} differ. `}
        {plural(unchanged, "object")} the same.
      </p>
    </>
  );
}

function Fields({ fields }: { fields: Comparison["objects"][number]["fields"] }) {
  const lines = objectLines({
    changes: fields.map(({ path, before, after }) => ({
      ...{ path, pointer: "", type: "modified" as const, counts: true },
      ...(before === undefined ? {} : { desired: before }),
      ...(after === undefined ? {} : { observed: after }),
    })),
  });
  return (
    <div className="border-t border-line">
      <DiffView pieces={[{ folded: false, lines }]} sides={BEFORE_AFTER} />
    </div>
  );
}
