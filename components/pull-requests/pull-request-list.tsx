"use client";
import { useQuery } from "@tanstack/react-query";
import { PageHead } from "#components/shell/page-head.tsx";
import { PullRequestTable } from "./pull-request-table.tsx";
import { pullRequestsSentence } from "./pull-requests-sentence.ts";
import { pullRequestQueries } from "./queries.ts";

/** Every pull request that Plumbline opened. */
export function PullRequestListPage({ org, orgName }: { org: string; orgName: string }) {
  const { data, isError } = useQuery(pullRequestQueries.list(org));
  return (
    <>
      <PageHead
        crumbs={[{ name: orgName, href: `/${org}` }, { name: "Pull requests" }]}
        title={
          data
            ? pullRequestsSentence(data.pullRequests)
            : isError
              ? "Pull requests could not be read."
              : "Looking at pull requests…"
        }
      >
        Every way back is a pull request, followed here from asked-for to merged, converged and proven.
      </PageHead>
      <div className="mt-5">
        <PullRequestTable org={org} />
      </div>
    </>
  );
}
