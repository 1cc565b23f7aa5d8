import { PageHead } from "#components/shell/page-head.tsx";
import { PullRequestTable } from "./pull-request-table.tsx";

/** Every pull request that Plumbline opened. */
export function PullRequestListPage({ org, orgName }: { org: string; orgName: string }) {
  return (
    <>
      <PageHead
        crumbs={[{ name: orgName, href: `/${org}` }, { name: "Pull requests" }]}
        title="Every way back is a pull request."
      >
        Followed here from asked-for to merged, converged and proven.
      </PageHead>
      <div className="mt-5">
        <PullRequestTable org={org} />
      </div>
    </>
  );
}
