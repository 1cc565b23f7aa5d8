import { notFound } from "next/navigation";
import { alertQueries } from "#components/alerts/queries.ts";
import { EnvironmentPage } from "#components/environments/environment-page.tsx";
import { environmentQueries } from "#components/environments/queries.ts";
import { Prefetched } from "#components/shell/prefetched.tsx";
import { getAlertPolicy } from "#lib/alerts/policy.ts";
import { getContext } from "#lib/auth/viewer.ts";
import { findEnvironmentByName } from "#lib/environments/find-environment-by-name.ts";
import { getOrganization } from "../../../../organization.ts";

type Params = Promise<{ org: string; cluster: string; name: string }>;

export async function generateMetadata({ params }: { params: Params }) {
  return { title: decodeURIComponent((await params).name) };
}

export default async function Page({ params }: { params: Params }) {
  const { org, cluster, name } = await params;
  const organization = await getOrganization(org);
  const ctx = await getContext(org);
  const environment = await findEnvironmentByName({
    ctx,
    input: { cluster: decodeURIComponent(cluster), name: decodeURIComponent(name) },
  });
  if (!environment) notFound();
  const policy = await getAlertPolicy({ ctx, input: { environmentId: environment.id } });
  return (
    <Prefetched
      entries={[
        [environmentQueries.detail(org, environment.id).queryKey, environment],
        [alertQueries.policy(org, environment.id).queryKey, policy],
      ]}
    >
      <EnvironmentPage org={org} orgName={organization.name} id={environment.id} role={organization.role} />
    </Prefetched>
  );
}
