import { type Context, requireRole } from "../auth/context.ts";
import { Prisma, type Transaction, withOrganization } from "../db.ts";
import { AppError } from "../errors.ts";
import type { ClusterDetail, ClusterList, ClusterRow } from "./schemas.ts";

/** How many environments of each cluster are named: in a list of clusters, and of one. */
const mostOfMany = 4;
const mostOfOne = 200;

/** Every cluster of the organization by name, with its environments' states. */
export async function listClusters({ ctx }: { ctx: Context }): Promise<ClusterList> {
  requireRole(ctx, "viewer");
  const clusters = await withOrganization(ctx.organizationId, (tx) => clusterRows(tx, ctx.organizationId));
  return { clusters };
}

/** One cluster with its tokens and what its agent could not use; throws `not-found`. */
export async function getCluster({
  ctx,
  input,
}: {
  ctx: Context;
  input: { id: string };
}): Promise<ClusterDetail> {
  requireRole(ctx, "viewer");
  const { organizationId } = ctx;
  return withOrganization(organizationId, async (tx) => {
    const cluster = await findCluster(tx, organizationId, input.id);
    const [row] = await clusterRows(tx, organizationId, cluster.id);
    const tokens = await tx.agentToken.findMany({
      where: { organizationId, clusterId: cluster.id },
      orderBy: { createdAt: "desc" },
      take: 50,
    });
    return {
      ...row!,
      tokens: tokens.map(({ id, createdAt, createdBy, lastUsedAt, revokedAt, ending }) => ({
        id,
        createdAt: createdAt.toISOString(),
        createdBy,
        lastUsedAt: lastUsedAt?.toISOString() ?? null,
        revokedAt: revokedAt?.toISOString() ?? null,
        ending,
      })),
      invalid: cluster.invalid as ClusterDetail["invalid"],
    };
  });
}

/** The cluster's row; throws `not-found` where the organization has none with this id. */
export async function findCluster(tx: Transaction, organizationId: string, id: string) {
  const cluster = /^[0-9a-f-]{36}$/.test(id)
    ? await tx.cluster.findUnique({ where: { organizationId_id: { organizationId, id } } })
    : null;
  if (!cluster) throw new AppError("not-found", `There is no cluster "${id.slice(0, 60)}" here.`);
  return cluster;
}

type Stored = Omit<ClusterRow, "status" | "lastSeenAt" | "connectedAt" | "createdAt" | "lacks"> & {
  silent: boolean;
  lastSeenAt: Date | null;
  connectedAt: Date | null;
  createdAt: Date;
};

async function clusterRows(tx: Transaction, organizationId: string, id?: string): Promise<ClusterRow[]> {
  const stored = await tx.$queryRaw<Stored[]>`
    select c.id, c.name, c.agent_version as "agentVersion", c.kubernetes_version as "kubernetesVersion", c.simulated, c.silent,
      c.last_seen_at as "lastSeenAt", c.connected_at as "connectedAt", c.created_at as "createdAt",
      count(e.id)::int as "environmentCount",
      coalesce(jsonb_agg(jsonb_build_object('id', e.id, 'name', e.name, 'state', e.state, 'causes', e.causes) order by e.place)
        filter (where e.place <= ${id ? mostOfOne : mostOfMany}), '[]') as environments
    from clusters c
    left join (
      select e.id, e.cluster_id, e.name, e.state, e.causes, row_number() over (partition by e.cluster_id order by e.urgency, e.name) as place
      from environments e where e.organization_id = ${organizationId}::uuid and e.removed_at is null
        ${id ? Prisma.sql`and e.cluster_id = ${id}::uuid` : Prisma.empty}
    ) e on e.cluster_id = c.id
    where c.organization_id = ${organizationId}::uuid ${id ? Prisma.sql`and c.id = ${id}::uuid` : Prisma.empty}
    group by c.organization_id, c.id order by c.name`;
  const lacked = await lackedRights(tx, organizationId, id);
  return stored.map(({ silent, ...one }) => ({
    ...one,
    lacks: (lacked.get(one.id) ?? []).map(({ clusterId: _, ...right }) => right),
    status: one.connectedAt === null ? "waiting" : silent ? "silent" : "connected",
    lastSeenAt: one.lastSeenAt?.toISOString() ?? null,
    connectedAt: one.connectedAt?.toISOString() ?? null,
    createdAt: one.createdAt.toISOString(),
  }));
}

/** What agents may not read, by cluster: told with each object whose state is Unknown for that. */
async function lackedRights(tx: Transaction, organizationId: string, id?: string) {
  const rows = await tx.$queryRaw<(ClusterRow["lacks"][number] & { clusterId: string })[]>`
    select e.cluster_id as "clusterId", r.ref ->> 'group' as "group", r.lacks as resource, count(*)::int as objects,
      coalesce(array_agg(distinct r.ref ->> 'namespace' order by r.ref ->> 'namespace')
        filter (where r.ref ->> 'namespace' <> ''), '{}') as namespaces
    from resources r
    join environments e on e.organization_id = r.organization_id and e.id = r.environment_id and e.removed_at is null
    where r.organization_id = ${organizationId}::uuid and r.lacks is not null
      ${id ? Prisma.sql`and e.cluster_id = ${id}::uuid` : Prisma.empty}
    group by 1, 2, 3 order by objects desc, 2, 3`;
  return Map.groupBy(rows, (row) => row.clusterId);
}
