import { notFound } from "next/navigation";
import { alertQueries } from "#components/alerts/queries.ts";
import { EnvironmentPage } from "#components/environments/environment-page.tsx";
import { environmentQueries } from "#components/environments/queries.ts";
import { daysOf, fittingWindow, namedWindow } from "#components/plumb-line/windows.ts";
import { Prefetched } from "#components/shell/prefetched.tsx";
import { listMutes } from "#lib/alerts/mutes.ts";
import { getAlertPolicy } from "#lib/alerts/policy.ts";
import { getContext } from "#lib/auth/viewer.ts";
import { findEnvironmentByName } from "#lib/environments/find-environment-by-name.ts";
import { getPlumbLine } from "#lib/environments/get-plumb-line.ts";
import { listHistory } from "#lib/environments/list-history.ts";
import { getOrganization } from "../../../../organization.ts";

type Params = Promise<{ org: string; cluster: string; name: string }>;

export async function generateMetadata({ params }: { params: Params }) {
  return { title: decodeURIComponent((await params).name) };
}

type Given = Promise<Record<string, string | string[] | undefined>>;

/** With all that stands on it at first: what is asked for while one is about to press a link is then whole. */
export default async function Page({ params, searchParams }: { params: Params; searchParams: Given }) {
  const { org, cluster, name } = await params;
  const organization = await getOrganization(org);
  const ctx = await getContext(org);
  const environment = await findEnvironmentByName({
    ctx,
    input: { cluster: decodeURIComponent(cluster), name: decodeURIComponent(name) },
  });
  if (!environment) notFound();
  const { id } = environment;
  const given = [(await searchParams).window].flat()[0] ?? null;
  const days = daysOf((namedWindow(given) ?? fittingWindow(environment.episodes, Date.now())).ms);
  const [policy, mutes, line, history] = await Promise.all([
    getAlertPolicy({ ctx, input: { environmentId: id } }),
    listMutes({ ctx }),
    getPlumbLine({ ctx, input: { id, days } }),
    listHistory({ ctx, input: { id } }),
  ]);
  return (
    <Prefetched
      entries={[
        [environmentQueries.detail(org, id).queryKey, environment],
        [alertQueries.policy(org, id).queryKey, policy],
        [alertQueries.mutes(org).queryKey, mutes],
        [environmentQueries.line(org, id, days).queryKey, line],
        [environmentQueries.history(org, id).queryKey, { pages: [history], pageParams: [null] }],
      ]}
    >
      <EnvironmentPage org={org} orgName={organization.name} id={id} role={organization.role} />
    </Prefetched>
  );
}
