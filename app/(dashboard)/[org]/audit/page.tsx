import { AuditPageView } from "#components/audit/audit-page.tsx";
import { getOrganization } from "../../organization.ts";

export const metadata = { title: "Audit" };

export default async function Page({ params }: { params: Promise<{ org: string }> }) {
  const { org } = await params;
  const { name } = await getOrganization(org);
  return <AuditPageView org={org} orgName={name} />;
}
