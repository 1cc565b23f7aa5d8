import { Suspense } from "react";
import { Overview } from "#components/fleet/overview.tsx";
import { fleetQueries } from "#components/fleet/queries.ts";
import { Prefetched } from "#components/shell/prefetched.tsx";
import { getContext } from "#lib/auth/viewer.ts";
import { getFleetTotals } from "#lib/fleet/get-fleet-totals.ts";
import { listFleet } from "#lib/fleet/list-fleet.ts";
import { readFleetFilter, writeFleetFilter } from "#lib/fleet/rules.ts";
import { listSavedViews } from "#lib/fleet/saved-views.ts";
import { getOrganization } from "../organization.ts";

export const metadata = { title: "Overview" };

type Props = {
  params: Promise<{ org: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

export default async function OverviewPage({ params, searchParams }: Props) {
  const { org } = await params;
  const { name, role } = await getOrganization(org);
  const ctx = await getContext(org);
  const asked = new URLSearchParams(
    Object.entries(await searchParams).flatMap(([key, value]) =>
      [value ?? []].flat().map((one): [string, string] => [key, one]),
    ),
  );
  const filter = writeFleetFilter(readFleetFilter(asked));
  const query = new URLSearchParams(filter);
  const [totals, fleet, views] = await Promise.all([
    getFleetTotals({ ctx }),
    listFleet({ ctx, query }),
    listSavedViews({ ctx }),
  ]);
  return (
    <Prefetched
      entries={[
        [fleetQueries.totals(org).queryKey, totals],
        [fleetQueries.list(org, filter).queryKey, { ...fleet, filter }],
        [fleetQueries.views(org).queryKey, views],
      ]}
    >
      <Suspense>
        <Overview org={org} orgName={name} role={role} />
      </Suspense>
    </Prefetched>
  );
}
