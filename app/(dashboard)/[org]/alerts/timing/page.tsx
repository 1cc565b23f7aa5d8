import { Suspense } from "react";
import { Timing } from "#components/alerts/timing.tsx";
import { getOrganization } from "../../../organization.ts";

export const metadata = { title: "Alert timing" };

export default async function Page({ params }: { params: Promise<{ org: string }> }) {
  const { org } = await params;
  const { role } = await getOrganization(org);
  return (
    <Suspense>
      <Timing org={org} role={role} />
    </Suspense>
  );
}
