import { Suspense } from "react";
import { Deliveries } from "#components/alerts/deliveries.tsx";
import { getOrganization } from "../../../organization.ts";

export const metadata = { title: "Alert deliveries" };

export default async function Page({ params }: { params: Promise<{ org: string }> }) {
  const { org } = await params;
  const { role } = await getOrganization(org);
  return (
    <Suspense>
      <Deliveries org={org} role={role} />
    </Suspense>
  );
}
