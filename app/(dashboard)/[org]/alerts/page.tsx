import { Suspense } from "react";
import { RecentAlerts } from "#components/alerts/recent.tsx";
import { getOrganization } from "../../organization.ts";

export const metadata = { title: "Alerts" };

export default async function Page({ params }: { params: Promise<{ org: string }> }) {
  const { org } = await params;
  const { role } = await getOrganization(org);
  return (
    <Suspense>
      <RecentAlerts org={org} role={role} />
    </Suspense>
  );
}
