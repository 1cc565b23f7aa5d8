"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useListKeys } from "#components/keyboard/list-keys.ts";
import { Empty } from "#components/ui/notice.tsx";
import { Time } from "#components/ui/time.tsx";
import { Waiting } from "#components/ui/waiting.tsx";
import type { PullRequestRow } from "#lib/pull-requests/schemas.ts";
import { actionWords } from "./kind-words.ts";
import { pullRequestQueries } from "./queries.ts";
import { PullRequestStatusBadge } from "./status.tsx";

/** Pull requests that Plumbline opened, newest first; all of them or one environment's. */
export function PullRequestTable({ org, environmentId }: { org: string; environmentId?: string }) {
  const query = useQuery(pullRequestQueries.list(org, environmentId));
  const list = useListKeys<HTMLUListElement>();
  if (!query.data) return <Waiting query={query} className="h-12" />;
  if (query.data.pullRequests.length === 0)
    return (
      <Empty title="No pull request yet">
        Going back is a pull request: on an environment, choose “Roll back…”, pick a revision that converged,
        say why, and follow it here until it is merged and proven.
      </Empty>
    );
  return (
    <ul ref={list} className="border-t border-line">
      {query.data.pullRequests.map((pull, index) => (
        <li
          key={pull.id}
          data-row={index}
          className="relative grid gap-x-6 gap-y-0.5 border-b border-line py-2.5 hover:bg-sunken md:grid-cols-[150px_minmax(0,1fr)_200px]"
        >
          <PullRequestStatusBadge pull={pull} />
          <span className="min-w-0">
            <Link
              href={`/${org}/pull-requests/${pull.id}`}
              className="font-[550] after:absolute after:inset-0"
            >
              {pull.number ? `#${pull.number} ` : ""}
              <Action pull={pull} />
            </Link>
            <span className="block truncate text-sm text-ink-3">“{pull.reason}”</span>
          </span>
          <span className="text-sm text-ink-3 md:text-right">
            {pull.requester}, <Time at={pull.requestedAt} />
          </span>
        </li>
      ))}
    </ul>
  );
}

function Action({ pull }: { pull: PullRequestRow }) {
  const { before, revision, after } = actionWords({ ...pull, environment: pull.environment.name });
  return (
    <>
      {before}
      <span className="mono font-normal">{revision}</span>
      {after}
    </>
  );
}
