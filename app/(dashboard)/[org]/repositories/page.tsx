import { cookies } from "next/headers";
import { repositoryQueries } from "#components/repositories/queries.ts";
import { RepositoryListPage } from "#components/repositories/repository-list.tsx";
import { Prefetched } from "#components/shell/prefetched.tsx";
import { getContext } from "#lib/auth/viewer.ts";
import { getAppSetting } from "#lib/github-app/create-app.ts";
import { GithubReturn, RETURN_COOKIE } from "#lib/github-app/schemas.ts";
import { listRepositories } from "#lib/repositories/list-repositories.ts";
import { getOrganization } from "../../organization.ts";

export const metadata = { title: "Repositories" };

export default async function Page({ params }: { params: Promise<{ org: string }> }) {
  const { org } = await params;
  const { name, role } = await getOrganization(org);
  const ctx = await getContext(org);
  const said = readReturn((await cookies()).get(RETURN_COOKIE)?.value);
  return (
    <Prefetched
      entries={[
        [repositoryQueries.list(org).queryKey, await listRepositories({ ctx })],
        [repositoryQueries.app(org).queryKey, await getAppSetting({ ctx })],
      ]}
    >
      <RepositoryListPage org={org} orgName={name} role={role} said={said} />
    </Prefetched>
  );
}

function readReturn(text: string | undefined): GithubReturn {
  try {
    return GithubReturn.parse(JSON.parse(text ?? "{}"));
  } catch {
    return {};
  }
}
