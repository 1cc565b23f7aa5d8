import { PullRequestListPage } from "#components/pull-requests/pull-request-list.tsx";
import { pullRequestQueries } from "#components/pull-requests/queries.ts";
import { Prefetched } from "#components/shell/prefetched.tsx";
import { getContext } from "#lib/auth/viewer.ts";
import { listPullRequests } from "#lib/pull-requests/list-pull-requests.ts";
import { getOrganization } from "../../organization.ts";

export const metadata = { title: "Pull requests" };

export default async function Page({ params }: { params: Promise<{ org: string }> }) {
  const { org } = await params;
  const { name } = await getOrganization(org);
  const ctx = await getContext(org);
  return (
    <Prefetched entries={[[pullRequestQueries.list(org).queryKey, await listPullRequests({ ctx })]]}>
      <PullRequestListPage org={org} orgName={name} />
    </Prefetched>
  );
}
