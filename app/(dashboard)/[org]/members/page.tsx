import { MembersPage } from "#components/organizations/members-page.tsx";
import { getOrganization } from "../../organization.ts";

export const metadata = { title: "Members" };

export default async function Page({ params }: { params: Promise<{ org: string }> }) {
  const { org } = await params;
  const { name, viewer } = await getOrganization(org);
  return <MembersPage org={org} orgName={name} viewer={viewer} />;
}
