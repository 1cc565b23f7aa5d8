import { Suspense } from "react";
import { Channels } from "#components/alerts/channels.tsx";
import { getOrganization } from "../../../organization.ts";

export const metadata = { title: "Alert channels" };

export default async function Page({ params }: { params: Promise<{ org: string }> }) {
  const { org } = await params;
  const { role } = await getOrganization(org);
  return (
    <Suspense>
      <Channels org={org} role={role} />
    </Suspense>
  );
}
