"use client";
import Link from "next/link";
import { ProvenanceOf } from "#components/history/provenance.tsx";
import { Sha } from "#components/ui/copy.tsx";
import { duration } from "#components/ui/format.ts";
import { Notice } from "#components/ui/notice.tsx";
import { Clock, Time, useNow } from "#components/ui/time.tsx";
import type { EnvironmentDetail } from "#lib/environments/schemas.ts";

/** An agent that was heard within this time is not silent. */
const HEARD_MS = 60_000;

/** What went wrong, and what waits, with the next step. */
export function Problems({
  org,
  environment,
  stale,
}: {
  org: string;
  environment: EnvironmentDetail;
  stale: boolean;
}) {
  const { problem, reportProblem, cluster, lastSeenAt } = environment;
  const now = useNow();
  // Objects that cannot be read are unknown, too, and those are told by an agent that is heard.
  const isHeard = lastSeenAt !== null && now - Date.parse(lastSeenAt) < HEARD_MS;
  const silent = environment.state === "Unknown" && !problem && !reportProblem && !isHeard;
  return (
    <div className="mt-4 flex flex-col gap-2 empty:hidden">
      {stale && (
        <Notice tone="drift" title="This page could not be refreshed; it shows what was last known." />
      )}
      {silent && (
        <Notice
          tone="drift"
          title={
            lastSeenAt ? (
              <>
                What stands below was so at <Clock at={lastSeenAt} />, when the agent was heard last.
              </>
            ) : (
              "Nothing has been heard of it yet."
            )
          }
          action={
            <Link className="link" href={`/${org}/clusters/${cluster.id}`}>
              Look at {cluster.name}
            </Link>
          }
        >
          <p>
            {lastSeenAt
              ? "The cluster goes on by itself and tells what happened once it is heard again. Look whether the agent’s pod runs and reaches this address."
              : "The agent reports an environment as soon as it has compared it. If this lasts, its log says why."}
          </p>
        </Notice>
      )}
      {problem && (
        <Notice tone="failed" title={problem.message}>
          {problem.file && (
            <p className="mono">
              {problem.file}
              {problem.line ? `, line ${problem.line}` : ""}
            </p>
          )}
          <p>
            {problem.reason}, since <Time at={problem.since} />.{" "}
            {problem.retryable
              ? "The agent tries again by itself."
              : "It stays until Git, the cluster or the declaration changes."}{" "}
            {environment.comparedRevision && (
              <>
                Objects below are compared with the last good revision,{" "}
                <Sha revision={environment.comparedRevision} />.
              </>
            )}
          </p>
        </Notice>
      )}
      {environment.waiting && (
        <Notice title="It waits before it applies.">
          <p className="[overflow-wrap:anywhere]">{environment.waiting}</p>
        </Notice>
      )}
      {reportProblem && (
        <Notice tone="failed" title="A report of the agent was refused.">
          <p>
            {reportProblem.message} <Time at={reportProblem.at} />. What is shown is the last good state.
          </p>
        </Notice>
      )}
    </div>
  );
}

/** The figures beneath the sentence. */
export function Facts({ org, environment }: { org: string; environment: EnvironmentDetail }) {
  const { health } = environment.counts;
  const words = (["Healthy", "Progressing", "Degraded", "Suspended", "Missing", "Unknown"] as const)
    .filter((name) => health[name])
    .map((name) => `${health[name]} ${name.toLowerCase()}`);
  const facts: [string, React.ReactNode][] = [
    [
      environment.head && environment.head.revision !== environment.comparedRevision
        ? "Desired"
        : "Desired and compared",
      environment.head ? (
        <>
          <Sha revision={environment.head.revision} /> {environment.head.subject}
        </>
      ) : (
        "not read yet"
      ),
    ],
    [
      "Author",
      environment.head ? (
        <>
          {environment.head.author}
          <ProvenanceOf provenance={environment.headProvenance} />, <Time at={environment.head.committedAt} />
        </>
      ) : (
        "–"
      ),
    ],
    ...(environment.head &&
    environment.comparedRevision &&
    environment.head.revision !== environment.comparedRevision
      ? [
          ["Compared with", <Sha key="compared" revision={environment.comparedRevision} />] satisfies [
            string,
            React.ReactNode,
          ],
        ]
      : []),
    ["Commit to converged", environment.leadTimeMs === null ? "–" : duration(environment.leadTimeMs)],
    ["Mode", environment.mode],
    ["Health", words.join(", ") || "–"],
    [
      "Agent",
      environment.lastSeenAt ? (
        <>
          heard <Time at={environment.lastSeenAt} />
        </>
      ) : (
        "not heard yet"
      ),
    ],
  ];
  return (
    <dl className="my-4 flex flex-wrap gap-x-9 gap-y-3">
      {facts.map(([name, value]) => (
        <div key={name} className="min-w-0 leading-[18px]">
          <dt className="text-xs text-ink-3">{name}</dt>
          <dd className="max-w-[340px] truncate">{value}</dd>
        </div>
      ))}
      {environment.openPullRequest && (
        <div className="leading-[18px]">
          <dt className="text-xs text-ink-3">Rollback</dt>
          <dd>
            <Link className="link" href={`/${org}/pull-requests/${environment.openPullRequest.id}`}>
              {environment.openPullRequest.number ? `#${environment.openPullRequest.number}` : "asked for"},{" "}
              {environment.openPullRequest.status}
            </Link>
          </dd>
        </div>
      )}
    </dl>
  );
}
