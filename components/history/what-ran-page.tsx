"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { yamlLines } from "#components/diff/yaml.ts";
import { environmentHref } from "#components/environments/href.ts";
import { PageHead } from "#components/shell/page-head.tsx";
import { leadingCause, SIGNS } from "#components/state/state.ts";
import { Button } from "#components/ui/button.tsx";
import { Sha } from "#components/ui/copy.tsx";
import { duration, plural, safeHref } from "#components/ui/format.ts";
import { Empty, Notice } from "#components/ui/notice.tsx";
import { Time } from "#components/ui/time.tsx";
import { Waiting } from "#components/ui/waiting.tsx";
import type { RanManifest, WhatRan } from "#lib/history/schemas.ts";
import { Exact } from "./exact.tsx";
import { compareHref, objectWords } from "./href.ts";
import { ProvenanceOf } from "./provenance.tsx";
import { historyQueries } from "./queries.ts";
import { WhatRanField } from "./what-ran-field.tsx";

/** What an environment ran at an instant: the commit, whether it had converged, and the exact manifests. */
export function WhatRanPage({
  org,
  orgName,
  environment,
  at,
}: {
  org: string;
  orgName: string;
  environment: { id: string; name: string; cluster: string };
  at: string;
}) {
  const query = useQuery(historyQueries.ran(org, environment.id, at));
  const told = query.data;
  const named = environment.name.charAt(0).toUpperCase() + environment.name.slice(1);
  return (
    <>
      <PageHead
        crumbs={[
          { name: orgName, href: `/${org}` },
          { name: environment.cluster },
          { name: environment.name, href: environmentHref(org, environment) },
          { name: "What ran" },
        ]}
        title={
          told?.ran ? (
            <>
              {named} ran {told.ran.revision.slice(0, 7)}
              {told.ran.commit && `, ${told.ran.commit.subject}`}
            </>
          ) : (
            `What ${environment.name} ran`
          )
        }
        actions={
          told?.ran && (
            <Button asChild>
              <Link
                href={compareHref(
                  org,
                  { environmentId: environment.id, kind: "at", value: told.at },
                  { environmentId: environment.id, kind: "now", value: "" },
                )}
              >
                Compare with now
              </Link>
            </Button>
          )
        }
      >
        {told && (
          <p>
            At <Exact at={told.at} />, <Time at={told.at} />.
          </p>
        )}
      </PageHead>
      <div className="mt-4 max-w-[860px]">
        <WhatRanField org={org} environment={environment} at={at} />
        {told ? <Answer told={told} org={org} /> : <Waiting query={query} />}
      </div>
    </>
  );
}

function Answer({ told, org }: { told: WhatRan; org: string }) {
  const { ran, applying, divergence, knownUntil } = told;
  if (!ran)
    return (
      <Empty title="Nothing is recorded of that time.">
        <p>The record begins later, or what was older is no longer kept.</p>
      </Empty>
    );
  const sign = divergence ? (leadingCause(divergence.causes) ?? "pending") : null;
  return (
    <div className="flex flex-col gap-4">
      {knownUntil && (
        <Notice tone="drift" title="The agent had not reported up to that instant.">
          What is shown was so when it last did, <Time at={knownUntil} />.
        </Notice>
      )}
      {applying && (
        <Notice title="A sync was under way.">
          <Sha revision={applying.revision} /> was being applied, from <Exact at={applying.startedAt} /> to{" "}
          <Exact at={applying.until} />.
        </Notice>
      )}
      <p>
        {divergence && sign ? (
          <>
            <b className="font-[550]" style={{ color: SIGNS[sign].color }}>
              {SIGNS[sign].word}
            </b>{" "}
            since <Exact at={divergence.startedAt} />: {divergence.summary || "no field was recorded"}.{" "}
            {divergence.endedAt ? (
              <>It lasted {duration(Date.parse(divergence.endedAt) - Date.parse(divergence.startedAt))}.</>
            ) : (
              "It is still open."
            )}
          </>
        ) : (
          "No divergence was recorded at that instant."
        )}
      </p>
      <Facts ran={ran} org={org} />
      <Manifests manifests={ran.manifests} />
    </div>
  );
}

function Facts({ ran, org }: { ran: NonNullable<WhatRan["ran"]>; org: string }) {
  const { pullRequest } = ran;
  const href = safeHref(pullRequest?.url);
  const facts: [string, React.ReactNode][] = [
    ["Revision", <Sha key="revision" revision={ran.revision} />],
    [
      "Author",
      ran.commit ? (
        <>
          {ran.commit.author}
          <ProvenanceOf provenance={ran.commit.provenance} />, <Exact at={ran.commit.committedAt} />
        </>
      ) : (
        "not recorded"
      ),
    ],
    ["In place since", <Exact key="since" at={ran.since} />],
    ["Commit to converged", ran.leadMs === null ? "did not converge" : duration(ran.leadMs)],
    ["Sync", `${ran.outcome}, by ${ran.trigger}`],
  ];
  return (
    <>
      <dl className="flex flex-wrap gap-x-9 gap-y-3">
        {facts.map(([name, value]) => (
          <div key={name} className="leading-[18px]">
            <dt className="text-xs text-ink-3">{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {ran.message && <p className="text-ink-2 [overflow-wrap:anywhere]">{ran.message}</p>}
      {pullRequest && (
        <p>
          Through{" "}
          <Link className="link" href={`/${org}/pull-requests/${pullRequest.id}`}>
            {pullRequest.number ? `pull request #${pullRequest.number}` : "a pull request"}
          </Link>{" "}
          {href && (
            <>
              (
              <a className="link" href={href} rel="noreferrer">
                on the Git host
              </a>
              ){" "}
            </>
          )}
          by {pullRequest.requester}: “{pullRequest.reason}”
        </p>
      )}
    </>
  );
}

/** Objects, each with its manifest, masked, as YAML on asking. */
function Manifests({ manifests }: { manifests: readonly RanManifest[] }) {
  if (manifests.length === 0)
    return <p className="text-ink-3">Its manifests are not kept: they were not recorded, or have expired.</p>;
  return (
    <section aria-label="Manifests">
      <h2 className="mb-2 font-[550]">{plural(manifests.length, "object")}, secrets masked</h2>
      <ul className="divide-y divide-line rounded-lg border border-line bg-raised">
        {manifests.map(({ key, manifest }) => (
          <li key={key}>
            {manifest === null ? (
              <p className="px-3.5 py-2 text-ink-3">{objectWords(key)}: its body is not kept</p>
            ) : (
              <details>
                <summary className="px-3.5 py-2 [overflow-wrap:anywhere]">{objectWords(key)}</summary>
                <pre className="mono overflow-x-auto border-t border-line px-3.5 py-2">
                  {yamlLines(manifest).join("\n")}
                </pre>
              </details>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
