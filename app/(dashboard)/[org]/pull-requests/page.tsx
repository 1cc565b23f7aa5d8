import { PullRequestTable } from "#components/pull-requests/pull-request-table.tsx";
import { PageHead } from "#components/shell/page-head.tsx";
import { getOrganization } from "../../organization.ts";

export const metadata = { title: "Pull requests" };

export default async function Page({ params }: { params: Promise<{ org: string }> }) {
  const { org } = await params;
  const { name } = await getOrganization(org);
  return (
    <>
      <PageHead
        crumbs={[{ name, href: `/${org}` }, { name: "Pull requests" }]}
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
