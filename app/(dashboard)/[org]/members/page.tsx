import { MembersPage } from "#components/organizations/members-page.tsx";
import { memberQueries } from "#components/organizations/queries.ts";
import { Prefetched } from "#components/shell/prefetched.tsx";
import { getContext } from "#lib/auth/viewer.ts";
import { listMembers } from "#lib/organizations/list-members.ts";
import { getOrganization } from "../../organization.ts";

export const metadata = { title: "Members" };

export default async function Page({ params }: { params: Promise<{ org: string }> }) {
  const { org } = await params;
  const { name, viewer } = await getOrganization(org);
  const ctx = await getContext(org);
  return (
    <Prefetched entries={[[memberQueries.list(org).queryKey, await listMembers({ ctx })]]}>
      <MembersPage org={org} orgName={name} viewer={viewer} />
    </Prefetched>
  );
}
