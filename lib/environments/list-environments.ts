import { type Context, requireRole } from "../auth/context.ts";
import { withOrganization } from "../db.ts";
import { environmentRows } from "./environment-rows.ts";
import type { EnvironmentList } from "./schemas.ts";

/** Every declared environment of the organization, by cluster and name, with its last 24 hours. */
export async function listEnvironments({ ctx }: { ctx: Context }): Promise<EnvironmentList> {
  requireRole(ctx, "viewer");
  const environments = await withOrganization(ctx.organizationId, (tx) =>
    environmentRows(tx, ctx.organizationId),
  );
  return { environments };
}
