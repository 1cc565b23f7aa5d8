import { Suspense } from "react";
import { Overview } from "#components/environments/overview.tsx";
import { environmentQueries } from "#components/environments/queries.ts";
import { Prefetched } from "#components/shell/prefetched.tsx";
import { getContext } from "#lib/auth/viewer.ts";
import { listEnvironments } from "#lib/environments/list-environments.ts";
import { getOrganization } from "../organization.ts";

export const metadata = { title: "Overview" };

export default async function OverviewPage({ params }: { params: Promise<{ org: string }> }) {
  const { org } = await params;
  const { name } = await getOrganization(org);
  const ctx = await getContext(org);
  return (
    <Prefetched entries={[[environmentQueries.list(org).queryKey, await listEnvironments({ ctx })]]}>
      <Suspense>
        <Overview org={org} orgName={name} />
      </Suspense>
    </Prefetched>
  );
}
