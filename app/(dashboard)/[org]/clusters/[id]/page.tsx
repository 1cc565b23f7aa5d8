import { notFound } from "next/navigation";
import { z } from "zod";
import { ClusterPage } from "#components/clusters/cluster-page.tsx";
import { getOrganization } from "../../../organization.ts";

export default async function Page({ params }: { params: Promise<{ org: string; id: string }> }) {
  const { org, id } = await params;
  if (!z.uuid().safeParse(id).success) notFound();
  const { name, role } = await getOrganization(org);
  return <ClusterPage org={org} orgName={name} id={id} role={role} />;
}
