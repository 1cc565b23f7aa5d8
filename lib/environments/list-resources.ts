import { type Context, requireRole } from "../auth/context.ts";
import { withOrganization } from "../db.ts";
import { findEnvironment } from "./get-environment.ts";
import type { ResourceList, ResourceRow } from "./schemas.ts";
import { resourceOf } from "./write-resources.ts";

const shown = 20_000;

/** Every object of an environment by kind and name. Throws `not-found`. */
export async function listResources({
  ctx,
  input,
}: {
  ctx: Context;
  input: { id: string };
}): Promise<ResourceList> {
  requireRole(ctx, "viewer");
  const { organizationId } = ctx;
  return withOrganization(organizationId, async (tx) => {
    const { id } = await findEnvironment(tx, organizationId, input.id);
    const rows = await tx.$queryRaw<object[]>`
      select ref, sync, sync_reason as "syncReason", health, health_reason as "healthReason", cause, ignored, source,
        children, children_left as "childrenLeft"
      from resources where organization_id = ${organizationId}::uuid and environment_id = ${id}::uuid
      order by ref->>'kind', ref->>'namespace', ref->>'name', key limit ${shown}`;
    return { resources: rows.map((row) => resourceOf(row) as ResourceRow) };
  });
}
