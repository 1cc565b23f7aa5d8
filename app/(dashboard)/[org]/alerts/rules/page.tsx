import { Suspense } from "react";
import { Rules } from "#components/alerts/rules.tsx";
import { getOrganization } from "../../../organization.ts";

export const metadata = { title: "Alert rules" };

export default async function Page({ params }: { params: Promise<{ org: string }> }) {
  const { org } = await params;
  const { role } = await getOrganization(org);
  return (
    <Suspense>
      <Rules org={org} role={role} />
    </Suspense>
  );
}
