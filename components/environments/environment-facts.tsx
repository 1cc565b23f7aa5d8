"use client";
import Link from "next/link";
import { ProvenanceOf } from "#components/history/provenance.tsx";
import { signOf } from "#components/state/state.ts";
import { Sha } from "#components/ui/copy.tsx";
import { duration } from "#components/ui/format.ts";
import { Notice } from "#components/ui/notice.tsx";
import { Clock, Time } from "#components/ui/time.tsx";
import type { EnvironmentDetail } from "#lib/environments/schemas.ts";

/** The second sentence: since when, who, and what is known of the rest. */
export function Situation({ environment }: { environment: EnvironmentDetail }) {
  const sign = signOf(environment.state, environment.causes);
  return (
    <p className="max-w-[820px] [overflow-wrap:anywhere]">
      {sign === "converged" ? (
        <>
          Converged since <Clock at={environment.since} />, <Time at={environment.since} />.
        </>
      ) : (
        <>
          {environment.summary && !environment.problem && <>{environment.summary.replace(/\.$/, "")}. </>}
          Since <Clock at={environment.since} />, <Time at={environment.since} />.{" "}
          {environment.state !== "Unknown" &&
            environment.causes.includes("drift") &&
            !environment.causes.includes("pending") &&
            "Git has not changed. "}
          {environment.convergedAt && (
            <>
              Last converged <Time at={environment.convergedAt} />
              {environment.convergedRevision && (
                <>
                  {" "}
                  at <Sha revision={environment.convergedRevision} />
                </>
              )}
              .
            </>
          )}
        </>
      )}
    </p>
  );
}

/** What went wrong, and what waits, with the next step. */
export function Problems({ environment, stale }: { environment: EnvironmentDetail; stale: boolean }) {
  const { problem, reportProblem } = environment;
  return (
    <div className="mt-4 flex flex-col gap-2 empty:hidden">
      {stale && (
        <Notice tone="drift" title="This page could not be refreshed; it shows what was last known." />
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
      "Desired",
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
