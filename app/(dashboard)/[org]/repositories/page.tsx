import { repositoryQueries } from "#components/repositories/queries.ts";
import { RepositoryListPage } from "#components/repositories/repository-list.tsx";
import { Prefetched } from "#components/shell/prefetched.tsx";
import { getContext } from "#lib/auth/viewer.ts";
import { listRepositories } from "#lib/repositories/list-repositories.ts";
import { getOrganization } from "../../organization.ts";

export const metadata = { title: "Repositories" };

export default async function Page({ params }: { params: Promise<{ org: string }> }) {
  const { org } = await params;
  const { name, role } = await getOrganization(org);
  const ctx = await getContext(org);
  return (
    <Prefetched entries={[[repositoryQueries.list(org).queryKey, await listRepositories({ ctx })]]}>
      <RepositoryListPage org={org} orgName={name} role={role} />
    </Prefetched>
  );
}
