import { type Context, requireRole } from "../auth/context.ts";
import { withOrganization } from "../db.ts";
import { findEnvironment } from "../environments/get-environment.ts";
import { AppError } from "../errors.ts";
import { readRendering } from "../history/read-rendering.ts";
import type { SyncManifests } from "./schemas.ts";

/** Exactly what a sync put in place, masked, by object. Throws `not-found`. */
export async function getSyncManifests({
  ctx,
  input,
}: {
  ctx: Context;
  input: { environmentId: string; syncId: string };
}): Promise<SyncManifests> {
  requireRole(ctx, "viewer");
  const { organizationId } = ctx;
  return withOrganization(organizationId, async (tx) => {
    const { id: environmentId } = await findEnvironment(tx, organizationId, input.environmentId);
    const sync = /^[0-9a-f-]{36}$/.test(input.syncId)
      ? await tx.sync.findUnique({
          where: { organizationId_environmentId_id: { organizationId, environmentId, id: input.syncId } },
        })
      : null;
    if (!sync) throw new AppError("not-found", "This environment has no such sync.");
    const { revision, renderedDigest } = sync;
    const manifests = await readRendering(tx, { organizationId, environmentId }, renderedDigest);
    return { revision, renderedDigest, manifests };
  });
}
