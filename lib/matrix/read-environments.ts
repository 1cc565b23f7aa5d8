import { Prisma, type Transaction } from "../db.ts";
import { WORKLOAD_KINDS } from "../manifests/images.ts";
import type { WorkloadSeen } from "./rows.ts";
import { byName, stageOf } from "./rules.ts";
import type { MatrixColumn } from "./schemas.ts";

/** A column, and whose it is. */
export type Environment = MatrixColumn & {
  repositoryId: string;
  repository: string;
  labels: Record<string, string>;
};

/** The repositories that environments follow, and how many follow each. */
export function countRepositories(tx: Transaction, organizationId: string) {
  return tx.$queryRaw<{ id: string; name: string; environments: number }[]>`
    select r.id, r.name, count(*)::int as environments from environments e
    join repositories r on r.organization_id = e.organization_id and r.id = e.repository_id
    where e.organization_id = ${organizationId}::uuid and e.removed_at is null group by 1, 2 order by 2, 1`;
}

/** The environments of these repositories, in the order that releases take. */
export async function readEnvironments(tx: Transaction, organizationId: string, repositoryIds: string[]) {
  const rows = await tx.$queryRaw<(Omit<Environment, "committedAt"> & { committedAt: Date | null })[]>`
    select e.id, e.name, c.name as cluster, e.state, e.causes, e.labels, e.compared_revision as revision,
      v.committed_at as "committedAt", r.id as "repositoryId", r.name as repository
    from environments e
    join clusters c on c.organization_id = e.organization_id and c.id = e.cluster_id
    join repositories r on r.organization_id = e.organization_id and r.id = e.repository_id
    left join revisions v on v.organization_id = e.organization_id and v.repository_id = e.repository_id and v.revision = e.compared_revision
    where e.organization_id = ${organizationId}::uuid and e.removed_at is null and e.repository_id = any(${repositoryIds}::uuid[])
    order by r.name, r.id`;
  return rows
    .map((one): Environment => ({ ...one, committedAt: one.committedAt?.toISOString() ?? null }))
    .sort(
      (a, b) =>
        byName(a.repository, b.repository) ||
        stageOf(a) - stageOf(b) ||
        byName(a.cluster, b.cluster) ||
        byName(a.name, b.name),
    );
}

/** What can run images in these environments. */
export function readWorkloads(tx: Transaction, organizationId: string, ids: string[]) {
  return tx.$queryRaw<WorkloadSeen[]>(Prisma.sql`
    select environment_id as "environmentId", key, ref ->> 'kind' as kind, ref ->> 'name' as name,
      desired_digest as "desiredDigest", observed_digest as "observedDigest"
    from resources
    where organization_id = ${organizationId}::uuid and environment_id = any(${ids}::uuid[])
      and ref ->> 'kind' = any(${WORKLOAD_KINDS}::text[])
    order by 1, 2`);
}
