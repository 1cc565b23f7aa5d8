"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { Tabs } from "radix-ui";
import { useState } from "react";
import { PlumbFigure } from "#components/plumb-line/plumb-figure.tsx";
import { PullRequestTable } from "#components/pull-requests/pull-request-table.tsx";
import { RollbackDialog, type RollbackTarget } from "#components/pull-requests/rollback-dialog.tsx";
import { PageHead } from "#components/shell/page-head.tsx";
import { SIGNS, signOf } from "#components/state/state.ts";
import { Button } from "#components/ui/button.tsx";
import { Sha } from "#components/ui/copy.tsx";
import { duration } from "#components/ui/format.ts";
import { Notice } from "#components/ui/notice.tsx";
import { Clock, Time } from "#components/ui/time.tsx";
import { Waiting } from "#components/ui/waiting.tsx";
import type { EnvironmentDetail } from "#lib/environments/schemas.ts";
import type { Role } from "#lib/organizations/schemas.ts";
import { Declared } from "./declared.tsx";
import { Divergence } from "./divergence.tsx";
import { environmentSentence } from "./environment-sentence.ts";
import { History } from "./history.tsx";
import { environmentQueries, lookNow } from "./queries.ts";
import { Resources } from "./resources.tsx";

/** One environment: the sentence that answers, the plumb line, and the evidence. */
export function EnvironmentPage({
  org,
  orgName,
  id,
  role,
}: {
  org: string;
  orgName: string;
  id: string;
  role: Role;
}) {
  const query = useQuery(environmentQueries.detail(org, id));
  const [target, setTarget] = useState<RollbackTarget | null>(null);
  const [tab, setTab] = useState("divergence");
  const look = useMutation({ mutationFn: () => lookNow(org, id) });
  const environment = query.data;
  if (!environment) return <Waiting query={query} rows={1} className="h-60" />;
  const mayAct = role !== "viewer";
  return (
    <>
      <PageHead
        crumbs={[
          { name: orgName, href: `/${org}` },
          { name: environment.cluster.name, href: `/${org}/clusters/${environment.cluster.id}` },
          { name: environment.name },
        ]}
        title={environmentSentence(environment).map((part, index) => (
          <span key={index} style={part.sign ? { color: SIGNS[part.sign].color } : undefined}>
            {part.text}
          </span>
        ))}
        actions={
          mayAct && (
            <>
              <Button
                onClick={() => look.mutate()}
                disabled={look.isPending}
                title="Ask the agent to look at Git at once"
              >
                {look.isSuccess ? "Asked" : "Look now"}
              </Button>
              <Button look="primary" onClick={() => setTarget("choose")}>
                Roll back…
              </Button>
            </>
          )
        }
      >
        <Situation environment={environment} />
      </PageHead>
      <Problems environment={environment} stale={query.isError} />
      <Facts org={org} environment={environment} />
      <PlumbFigure
        episodes={environment.episodes}
        marks={environment.marks}
        unknown={environment.state === "Unknown"}
        onSelect={() => setTab("history")}
      />
      <Tabs.Root value={tab} onValueChange={setTab} className="mt-6">
        <Tabs.List className="flex gap-[22px] overflow-x-auto border-b border-line" aria-label="Evidence">
          {(
            [
              ["divergence", "Divergence", environment.divergent.length],
              ["resources", "Resources", environment.resourceCount],
              ["history", "History", 0],
              ["pull-requests", "Pull requests", environment.openPullRequest ? 1 : 0],
              ["settings", "Settings", 0],
            ] as const
          ).map(([value, name, count]) => (
            <Tabs.Trigger
              key={value}
              value={value}
              className="-mb-px whitespace-nowrap border-b-2 border-transparent py-2 text-ink-2 hover:text-ink data-[state=active]:border-ink focus-visible:outline-offset-[-2px] data-[state=active]:font-[550] data-[state=active]:text-ink"
            >
              {name}
              {count > 0 && ` ${count}`}
            </Tabs.Trigger>
          ))}
        </Tabs.List>
        <Tabs.Content
          value="divergence"
          className="mt-[18px] grid gap-7 outline-none lg:grid-cols-[minmax(0,1fr)_312px]"
        >
          <Divergence environment={environment} />
          <aside aria-label="Recent history">
            <History org={org} id={id} limit={6} onRollBack={mayAct ? setTarget : undefined} />
          </aside>
        </Tabs.Content>
        <Tabs.Content value="resources" className="mt-[18px] outline-none">
          <Resources org={org} id={id} />
        </Tabs.Content>
        <Tabs.Content value="history" className="mt-[18px] max-w-[860px] outline-none">
          <History org={org} id={id} onRollBack={mayAct ? setTarget : undefined} />
        </Tabs.Content>
        <Tabs.Content value="pull-requests" className="mt-[18px] outline-none">
          <PullRequestTable org={org} environmentId={id} />
        </Tabs.Content>
        <Tabs.Content value="settings" className="mt-[18px] outline-none">
          <Declared environment={environment} />
        </Tabs.Content>
      </Tabs.Root>
      {target && (
        <RollbackDialog
          org={org}
          environment={environment}
          target={target}
          onClose={() => setTarget(null)}
          onTarget={setTarget}
        />
      )}
    </>
  );
}

/** The second sentence: since when, who, and what is known of the rest. */
function Situation({ environment }: { environment: EnvironmentDetail }) {
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

function Problems({ environment, stale }: { environment: EnvironmentDetail; stale: boolean }) {
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

function Facts({ org, environment }: { org: string; environment: EnvironmentDetail }) {
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
          {environment.head.author}, <Time at={environment.head.committedAt} />
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
