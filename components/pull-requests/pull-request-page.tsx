"use client";
import { useQuery } from "@tanstack/react-query";
import { ExternalLink } from "lucide-react";
import Link from "next/link";
import { environmentHref } from "#components/environments/href.ts";
import { PageHead } from "#components/shell/page-head.tsx";
import { SIGNS, type Sign } from "#components/state/state.ts";
import { StateIcon } from "#components/state/state-badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Sha } from "#components/ui/copy.tsx";
import { duration, safeHref } from "#components/ui/format.ts";
import { Clock, Time } from "#components/ui/time.tsx";
import { Waiting } from "#components/ui/waiting.tsx";
import type { Role } from "#lib/organizations/schemas.ts";
import type { PullRequestRow } from "#lib/pull-requests/schemas.ts";
import { doneWords, thingWords } from "./kind-words.ts";
import { pullRequestQueries } from "./queries.ts";
import { Standing } from "./standing.tsx";

/** Follows one rollback from asked-for to proven, live. */
export function PullRequestPage({
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
  const query = useQuery({ ...pullRequestQueries.detail(org, id), refetchInterval: 15_000 });
  const pull = query.data;
  if (!pull) return <Waiting query={query} rows={1} className="h-60" />;
  const href = safeHref(pull.url);
  return (
    <>
      <PageHead
        crumbs={[
          { name: orgName, href: `/${org}` },
          { name: "Pull requests", href: `/${org}/pull-requests` },
          { name: pull.number ? `#${pull.number}` : pull.kind },
        ]}
        title={<Sentence pull={pull} />}
        actions={
          href && (
            <Button look={pull.status === "open" ? "primary" : "plain"} asChild>
              <a href={href} target="_blank" rel="noreferrer">
                {pull.status === "open" ? "Review and merge on GitHub" : "On GitHub"}{" "}
                <ExternalLink size={13} />
              </a>
            </Button>
          )
        }
      >
        <p>
          “{pull.reason}”, {pull.requester}, <Time at={pull.requestedAt} />.{" "}
          <Link className="link" href={environmentHref(org, pull.environment)}>
            {pull.environment.name}
          </Link>{" "}
          {pull.kind === "revert" ? (
            <>
              is at <Sha revision={pull.fromRevision} />, and loses what{" "}
              <Sha revision={pull.commitRevision ?? pull.toRevision} /> changed.
            </>
          ) : (
            <>
              goes from <Sha revision={pull.fromRevision} /> to what Git said at{" "}
              <Sha revision={pull.toRevision} />.
            </>
          )}
        </p>
      </PageHead>
      <Standing org={org} pull={pull} role={role} />
      <ol className="mt-8 max-w-[620px]" aria-label="Progress">
        {steps(pull).map((step, index, all) => (
          <li
            key={step.name}
            aria-current={step.now ? "step" : undefined}
            className="relative grid grid-cols-[20px_minmax(0,1fr)] gap-3 pb-6"
          >
            {index < all.length - 1 && (
              <span
                aria-hidden="true"
                className="absolute bottom-0 left-[9px] top-6 w-px"
                style={{ background: step.at ? "var(--ink-3)" : "var(--line-strong)" }}
              />
            )}
            <StateIcon
              sign={step.sign}
              size={20}
              className={step.now ? "breathe" : step.at ? "" : "opacity-35"}
            />
            <div>
              <span
                className={step.at || step.now ? "font-[550]" : "text-ink-3"}
                style={step.now ? { color: SIGNS[step.sign].color } : undefined}
              >
                {step.name}
              </span>
              <span className="block text-sm text-ink-3">
                {step.at ? (
                  <>
                    <Clock at={step.at} />, <Time at={step.at} />
                    {step.by && `, ${step.by}`}
                  </>
                ) : (
                  step.hint
                )}
              </span>
            </div>
          </li>
        ))}
      </ol>
    </>
  );
}

function Sentence({ pull }: { pull: PullRequestRow }) {
  const asked = { ...pull, environment: pull.environment.name };
  const around = ({ before, revision, after }: ReturnType<typeof thingWords>) => (
    <>
      {before}
      <span className="mono text-[20px]">{revision}</span>
      {after}
    </>
  );
  if (pull.status === "converged")
    return (
      <>
        {around(doneWords(asked))}
        {pull.proven ? ", proven" : ""}
        {pull.convergedAt &&
          `: ${duration(Date.parse(pull.convergedAt) - Date.parse(pull.requestedAt))} after it was asked for`}
        .
      </>
    );
  const word = {
    requested: "is being opened",
    open: "waits to be merged",
    merged: "is merged; the agent is on its way",
    converging: "is merged and converging",
    closed: "was closed without a merge",
    failed: "could not go on",
  }[pull.status];
  return (
    <>
      {around(thingWords(asked))} {word}.
    </>
  );
}

type Step = {
  name: string;
  at: string | null;
  sign: Sign;
  hint: string;
  by?: string | undefined;
  now?: boolean;
};

function steps(pull: PullRequestRow): Step[] {
  const all: Step[] = [
    { name: "Asked for", at: pull.requestedAt, sign: "converged", hint: "" },
    {
      name: pull.number ? `Pull request #${pull.number} opened` : "Pull request opened",
      at: pull.openedAt,
      sign: "pending",
      hint: "Plumbline writes the branch and opens it.",
      by: pull.openedBy ? `as ${pull.openedBy}` : undefined,
    },
    { name: "Merged", at: pull.mergedAt, sign: "pending", hint: "A person reviews and merges it on GitHub." },
    {
      name: pull.proven ? "Converged and proven" : "Converged",
      at: pull.convergedAt,
      sign: "converging",
      hint: "The agent fetches the merge, and the cluster follows.",
    },
  ];
  if (pull.status === "closed")
    return [
      ...all.filter((step) => step.at),
      { name: "Closed without a merge", at: pull.closedAt, sign: "suspended", hint: "Nothing was changed." },
    ];
  if (pull.proven) all[3] = { ...all[3]!, hint: "" };
  const next = all.find((step) => !step.at);
  if (next && pull.status !== "failed") next.now = true;
  for (const step of all) if (step.at) step.sign = "converged";
  if (next && pull.status === "failed") next.sign = "failed";
  return all;
}
