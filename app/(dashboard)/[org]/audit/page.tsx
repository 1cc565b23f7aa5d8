import { AuditPageView } from "#components/audit/audit-page.tsx";
import { auditQueries, readFilter } from "#components/audit/queries.ts";
import { Prefetched } from "#components/shell/prefetched.tsx";
import { listAudit } from "#lib/audit/list-audit.ts";
import { getContext } from "#lib/auth/viewer.ts";
import { AppError } from "#lib/errors.ts";
import { getOrganization } from "../../organization.ts";

export const metadata = { title: "Audit" };

type Props = {
  params: Promise<{ org: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

export default async function Page({ params, searchParams }: Props) {
  const { org } = await params;
  const { name, role } = await getOrganization(org);
  const ctx = await getContext(org);
  const given = await searchParams;
  const filter = readFilter({ get: (one) => [given[one]].flat()[0] ?? null });
  // A filter that is none is told by the page's own request, in words.
  const page = await listAudit({ ctx, input: filter }).catch((error: unknown) => {
    if (error instanceof AppError || (error as Error).name === "ZodError") return null;
    throw error;
  });
  return (
    <Prefetched
      entries={page ? [[auditQueries.list(org, filter).queryKey, { pages: [page], pageParams: [null] }]] : []}
    >
      <AuditPageView org={org} orgName={name} role={role} />
    </Prefetched>
  );
}
