import { notFound } from "next/navigation";
import { z } from "zod";
import { ClusterPage } from "#components/clusters/cluster-page.tsx";
import { clusterQueries } from "#components/clusters/queries.ts";
import { Prefetched } from "#components/shell/prefetched.tsx";
import { getContext } from "#lib/auth/viewer.ts";
import { getCluster } from "#lib/clusters/list-clusters.ts";
import { missingAsNull } from "#lib/errors.ts";
import { getOrganization } from "../../../organization.ts";

export default async function Page({ params }: { params: Promise<{ org: string; id: string }> }) {
  const { org, id } = await params;
  if (!z.uuid().safeParse(id).success) notFound();
  const { name, role } = await getOrganization(org);
  const ctx = await getContext(org);
  const found = await getCluster({ ctx, input: { id } }).catch(missingAsNull);
  if (!found) notFound();
  return (
    <Prefetched entries={[[clusterQueries.detail(org, id).queryKey, found]]}>
      <ClusterPage org={org} orgName={name} id={id} role={role} />
    </Prefetched>
  );
}
