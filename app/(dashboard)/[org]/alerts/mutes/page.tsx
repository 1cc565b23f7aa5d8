import { Suspense } from "react";
import { Mutes } from "#components/alerts/mutes.tsx";
import { getOrganization } from "../../../organization.ts";

export const metadata = { title: "Muted alerts" };

export default async function Page({ params }: { params: Promise<{ org: string }> }) {
  const { org } = await params;
  const { role } = await getOrganization(org);
  return (
    <Suspense>
      <Mutes org={org} role={role} />
    </Suspense>
  );
}
