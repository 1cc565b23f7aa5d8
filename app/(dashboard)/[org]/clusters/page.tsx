import { ClusterListPage } from "#components/clusters/cluster-list.tsx";
import { getOrganization } from "../../organization.ts";

export const metadata = { title: "Clusters" };

export default async function Page({ params }: { params: Promise<{ org: string }> }) {
  const { org } = await params;
  const { name, role } = await getOrganization(org);
  return <ClusterListPage org={org} orgName={name} role={role} />;
}
