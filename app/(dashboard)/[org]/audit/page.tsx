import { AuditPageView } from "#components/audit/audit-page.tsx";
import { auditQueries } from "#components/audit/queries.ts";
import { Prefetched } from "#components/shell/prefetched.tsx";
import { listAudit } from "#lib/audit/list-audit.ts";
import { getContext } from "#lib/auth/viewer.ts";
import { getOrganization } from "../../organization.ts";

export const metadata = { title: "Audit" };

export default async function Page({ params }: { params: Promise<{ org: string }> }) {
  const { org } = await params;
  const { name } = await getOrganization(org);
  const ctx = await getContext(org);
  return (
    <Prefetched
      entries={[
        [
          auditQueries.list(org).queryKey,
          { pages: [await listAudit({ ctx, input: {} })], pageParams: [null] },
        ],
      ]}
    >
      <AuditPageView org={org} orgName={name} />
    </Prefetched>
  );
}
