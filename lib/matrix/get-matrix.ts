import { type Context, requireRole } from "../auth/context.ts";
import { Prisma, type Transaction, withOrganization } from "../db.ts";
import type { ContainerImage } from "../manifests/images.ts";
import { WORKLOAD_KINDS } from "../manifests/images.ts";
import { readImages } from "./read-images.ts";
import { stageOf } from "./rules.ts";
import type { Matrix, MatrixCell, MatrixColumn, MatrixRow, MatrixSection } from "./schemas.ts";
import { type Past, pastsOf } from "./since.ts";

/** So many environments of an organization are shown at once; beyond that, one repository at a time. */
const MOST_ENVIRONMENTS = 150;
const MOST_ROWS = 400;

type Environment = MatrixColumn & {
  repositoryId: string;
  repository: string;
  labels: Record<string, string>;
};
export type WorkloadSeen = {
  environmentId: string;
  key: string;
  kind: string;
  name: string;
  desiredDigest: string | null;
  observedDigest: string | null;
};

/**
 * Which image every container of every workload runs, in every environment: a section for each repository, its
 * environments in the order that releases take. Of a large organization, the repository that is asked for by its
 * name, or else the first.
 */
export async function getMatrix({
  ctx,
  input = {},
}: {
  ctx: Context;
  input?: { repository?: string | null };
}): Promise<Matrix> {
  requireRole(ctx, "viewer");
  const { organizationId } = ctx;
  return withOrganization(organizationId, async (tx) => {
    const counts = await tx.$queryRaw<{ id: string; name: string; environments: number }[]>`
      select r.id, r.name, count(*)::int as environments from environments e
      join repositories r on r.organization_id = e.organization_id and r.id = e.repository_id
      where e.organization_id = ${organizationId}::uuid and e.removed_at is null group by 1, 2 order by 2, 1`;
    const all = counts.reduce((sum, one) => sum + one.environments, 0);
    const asked = counts.filter(({ name }) => name === input.repository);
    const shown = asked.length > 0 ? asked : all <= MOST_ENVIRONMENTS ? counts : counts.slice(0, 1);
    const environments = await readEnvironments(
      tx,
      organizationId,
      shown.map(({ id }) => id),
    );
    const byRepository = Map.groupBy(environments, (one) => one.repositoryId);
    const kept = [...byRepository.values()].flatMap((list) => list.slice(0, MOST_ENVIRONMENTS));
    const workloads = await readWorkloads(
      tx,
      organizationId,
      kept.map(({ id }) => id),
    );
    const pasts = await pastsOf(tx, organizationId, workloads);
    const images = await readImages(tx, organizationId, [
      ...workloads.flatMap(({ desiredDigest, observedDigest }) =>
        [desiredDigest ?? [], observedDigest ?? []].flat(),
      ),
      ...pasts.digests,
    ]);
    const seen = Map.groupBy(workloads, (one) => one.environmentId);
    return {
      sections: [...byRepository.values()].map((list) => {
        const columns = list.slice(0, MOST_ENVIRONMENTS);
        const rows = rowsOf(columns, seen, images, pasts);
        return sectionOf(list[0]!, columns, rows, list.length - columns.length);
      }),
      repositories: counts.map(({ id, name, environments: n }) => ({
        name,
        environments: n,
        shown: shown.some((one) => one.id === id),
      })),
    };
  });
}

async function readEnvironments(tx: Transaction, organizationId: string, repositoryIds: string[]) {
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
        a.repository.localeCompare(b.repository) ||
        stageOf(a) - stageOf(b) ||
        a.cluster.localeCompare(b.cluster) ||
        a.name.localeCompare(b.name),
    );
}

function readWorkloads(tx: Transaction, organizationId: string, ids: string[]) {
  return tx.$queryRaw<WorkloadSeen[]>(Prisma.sql`
    select environment_id as "environmentId", key, ref ->> 'kind' as kind, ref ->> 'name' as name,
      desired_digest as "desiredDigest", observed_digest as "observedDigest"
    from resources
    where organization_id = ${organizationId}::uuid and environment_id = any(${ids}::uuid[])
      and ref ->> 'kind' = any(${WORKLOAD_KINDS}::text[])
    order by 1, 2`);
}

function rowsOf(
  columns: Environment[],
  seen: Map<string, WorkloadSeen[]>,
  images: Map<string, ContainerImage[]>,
  pasts: Past,
): MatrixRow[] {
  const rows = new Map<string, MatrixRow>();
  for (const { id } of columns)
    for (const workload of seen.get(id) ?? []) {
      const of = (digest: string | null) => (digest ? images.get(digest) : undefined);
      const desired = of(workload.desiredDigest) ?? [];
      for (const { container, image } of of(workload.observedDigest) ?? desired) {
        const key = `${workload.kind}/${workload.name}/${container}`;
        const row = rows.get(key) ?? { kind: workload.kind, workload: workload.name, container, cells: [] };
        // Of two with one name in two namespaces of one environment, the first stands for both.
        if (row.cells.at(-1)?.environment === id) continue;
        const wanted = desired.find((one) => one.container === container)?.image ?? null;
        const cell: MatrixCell = {
          environment: id,
          image,
          desired: wanted === image ? null : wanted,
          since: pasts.since(
            workload,
            (digest) => of(digest)?.find((one) => one.container === container)?.image === image,
          ),
        };
        row.cells.push(cell);
        rows.set(key, row);
      }
    }
  return [...rows.values()];
}

function sectionOf(
  { repositoryId, repository }: Environment,
  columns: Environment[],
  rows: MatrixRow[],
  moreColumns: number,
): MatrixSection {
  return {
    repository: { id: repositoryId, name: repository },
    columns: columns.map(({ id, name, cluster, state, causes, revision, committedAt }) => ({
      ...{ id, name, cluster, state, causes, revision, committedAt },
    })),
    rows: rows
      .sort((a, b) => a.workload.localeCompare(b.workload) || a.kind.localeCompare(b.kind))
      .slice(0, MOST_ROWS),
    moreColumns,
    moreRows: Math.max(0, rows.length - MOST_ROWS),
  };
}
