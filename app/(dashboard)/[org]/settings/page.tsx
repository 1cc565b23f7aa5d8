import { figureQueries } from "#components/delivery-figures/queries.ts";
import { SettingsPage } from "#components/settings/settings-page.tsx";
import { Prefetched } from "#components/shell/prefetched.tsx";
import { getContext } from "#lib/auth/viewer.ts";
import { getRetention } from "#lib/history/get-retention.ts";
import { getOrganization } from "../../organization.ts";

export const metadata = { title: "Settings" };

export default async function Page({ params }: { params: Promise<{ org: string }> }) {
  const { org } = await params;
  const { name, role } = await getOrganization(org);
  const retention = await getRetention({ ctx: await getContext(org) });
  return (
    <Prefetched entries={[[figureQueries.retention(org).queryKey, retention]]}>
      <SettingsPage org={org} orgName={name} role={role} />
    </Prefetched>
  );
}
