import { ConnectCluster } from "#components/clusters/connect.tsx";
import { getOrganization } from "../../../organization.ts";

export const metadata = { title: "Connect a cluster" };

export default async function Page({ params }: { params: Promise<{ org: string }> }) {
  const { org } = await params;
  const { name } = await getOrganization(org);
  return <ConnectCluster org={org} orgName={name} />;
}
