import { RepositoryListPage } from "#components/repositories/repository-list.tsx";
import { getOrganization } from "../../organization.ts";

export const metadata = { title: "Repositories" };

export default async function Page({ params }: { params: Promise<{ org: string }> }) {
  const { org } = await params;
  const { name, role } = await getOrganization(org);
  return <RepositoryListPage org={org} orgName={name} role={role} />;
}
