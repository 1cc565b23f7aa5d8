import type { ReactNode } from "react";
import { LiveProvider } from "#components/shell/live.tsx";
import { Shell } from "#components/shell/nav.tsx";
import { Providers } from "#components/shell/providers.tsx";
import { getOrganization } from "../organization.ts";

export default async function OrganizationLayout({
  children,
  params,
}: {
  children: ReactNode;
  params: Promise<{ org: string }>;
}) {
  const { org } = await params;
  const { viewer } = await getOrganization(org);
  return (
    <Providers serverNow={Date.now()}>
      <LiveProvider org={org}>
        <Shell org={org} viewer={viewer}>
          {children}
        </Shell>
      </LiveProvider>
    </Providers>
  );
}
