import { type Context, requireRole } from "../auth/context.ts";
import { withOrganization } from "../db.ts";
import { getEnvironment } from "./get-environment.ts";
import type { EnvironmentDetail } from "./schemas.ts";

/** The environment at an address people read, `cluster/name`; null where there is none. */
export async function findEnvironmentByName({
  ctx,
  input,
}: {
  ctx: Context;
  input: { cluster: string; name: string };
}): Promise<EnvironmentDetail | null> {
  requireRole(ctx, "viewer");
  const { organizationId } = ctx;
  const found = await withOrganization(organizationId, (tx) =>
    tx.environment.findFirst({
      where: { organizationId, name: input.name, cluster: { name: input.cluster } },
      select: { id: true },
    }),
  );
  return found && getEnvironment({ ctx, input: found });
}
