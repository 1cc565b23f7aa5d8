import type { ReactNode } from "react";
import { countQueries } from "#components/organizations/queries.ts";
import { LiveProvider } from "#components/shell/live.tsx";
import { Shell } from "#components/shell/nav.tsx";
import { Prefetched } from "#components/shell/prefetched.tsx";
import { Providers } from "#components/shell/providers.tsx";
import { getContext } from "#lib/auth/viewer.ts";
import { countNouns } from "#lib/organizations/count-nouns.ts";
import { getOrganization } from "../organization.ts";

export default async function OrganizationLayout({
  children,
  params,
}: {
  children: ReactNode;
  params: Promise<{ org: string }>;
}) {
  const { org } = await params;
  const serverNow = Date.now();
  const { viewer } = await getOrganization(org);
  const counts = await countNouns({ ctx: await getContext(org) });
  return (
    <Providers serverNow={serverNow}>
      <LiveProvider org={org} serverNow={serverNow}>
        <Prefetched entries={[[countQueries.all(org).queryKey, counts]]}>
          <Shell org={org} viewer={viewer}>
            {children}
          </Shell>
        </Prefetched>
      </LiveProvider>
    </Providers>
  );
}
