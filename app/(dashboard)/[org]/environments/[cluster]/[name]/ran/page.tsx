import { notFound } from "next/navigation";
import { historyQueries } from "#components/history/queries.ts";
import { WhatRanPage } from "#components/history/what-ran-page.tsx";
import { Prefetched } from "#components/shell/prefetched.tsx";
import { getContext } from "#lib/auth/viewer.ts";
import { findEnvironmentByName } from "#lib/environments/find-environment-by-name.ts";
import { AppError } from "#lib/errors.ts";
import { getWhatRan } from "#lib/history/get-what-ran.ts";
import { getOrganization } from "../../../../../organization.ts";

export const metadata = { title: "What ran" };

type Props = {
  params: Promise<{ org: string; cluster: string; name: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

export default async function Page({ params, searchParams }: Props) {
  const { org, cluster, name } = await params;
  const organization = await getOrganization(org);
  const ctx = await getContext(org);
  const found = await findEnvironmentByName({
    ctx,
    input: { cluster: decodeURIComponent(cluster), name: decodeURIComponent(name) },
  });
  if (!found) notFound();
  const environment = { id: found.id, name: found.name, cluster: found.cluster.name };
  const at = [(await searchParams).at].flat()[0] ?? "";
  // What is no instant is told by the page's own request, in words.
  const ran = await getWhatRan({ ctx, input: { environmentId: found.id, at } }).catch((error: unknown) => {
    if (error instanceof AppError) return null;
    throw error;
  });
  return (
    <Prefetched entries={ran ? [[historyQueries.ran(org, found.id, at).queryKey, ran]] : []}>
      <WhatRanPage org={org} orgName={organization.name} environment={environment} at={at} />
    </Prefetched>
  );
}
