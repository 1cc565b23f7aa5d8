import { ClusterListPage } from "#components/clusters/cluster-list.tsx";
import { clusterQueries } from "#components/clusters/queries.ts";
import { Prefetched } from "#components/shell/prefetched.tsx";
import { getContext } from "#lib/auth/viewer.ts";
import { listClusters } from "#lib/clusters/list-clusters.ts";
import { getOrganization } from "../../organization.ts";

export const metadata = { title: "Clusters" };

export default async function Page({ params }: { params: Promise<{ org: string }> }) {
  const { org } = await params;
  const { name, role } = await getOrganization(org);
  const ctx = await getContext(org);
  return (
    <Prefetched entries={[[clusterQueries.list(org).queryKey, await listClusters({ ctx })]]}>
      <ClusterListPage org={org} orgName={name} role={role} />
    </Prefetched>
  );
}
