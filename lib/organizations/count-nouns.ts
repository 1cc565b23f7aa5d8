import { type Context, requireRole } from "../auth/context.ts";
import { withOrganization } from "../db.ts";
import type { Counts } from "./schemas.ts";

/** How many environments, clusters, repositories and pull requests under way the organization has. */
export async function countNouns({ ctx }: { ctx: Context }): Promise<Counts> {
  requireRole(ctx, "viewer");
  const id = ctx.organizationId;
  const [counts] = await withOrganization(
    id,
    (tx) => tx.$queryRaw<Counts[]>`
    select
      (select count(*)::int from environments where organization_id = ${id}::uuid and removed_at is null) as environments,
      (select count(*)::int from clusters where organization_id = ${id}::uuid) as clusters,
      (select count(distinct repository_id)::int from environments
        where organization_id = ${id}::uuid and removed_at is null) as repositories,
      (select count(*)::int from pull_requests
        where organization_id = ${id}::uuid and status in ('requested', 'open', 'merged', 'converging')) as "pullRequests"`,
  );
  return counts ?? { environments: 0, clusters: 0, repositories: 0, pullRequests: 0 };
}
