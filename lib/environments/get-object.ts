import { type Context, requireRole } from "../auth/context.ts";
import { withOrganization } from "../db.ts";
import { AppError } from "../errors.ts";
import { readManifests } from "../manifests/read-manifests.ts";
import { withManifests } from "../manifests/with-manifests.ts";
import { findEnvironment } from "./get-environment.ts";
import type { ObjectDetail } from "./schemas.ts";
import { resourceColumns, resourceOf } from "./write-resources.ts";

/**
 * One object of an environment by its key (`group/kind/namespace/name`), with all its differing fields and the
 * masked manifests of both sides, as far as they have arrived. Throws `not-found`.
 */
export async function getObject({
  ctx,
  input,
}: {
  ctx: Context;
  input: { id: string; key: string };
}): Promise<ObjectDetail> {
  requireRole(ctx, "viewer");
  const { organizationId } = ctx;
  return withOrganization(organizationId, async (tx) => {
    const { id } = await findEnvironment(tx, organizationId, input.id);
    const [row] = await tx.$queryRaw<object[]>`
      select ${resourceColumns} from resources
      where organization_id = ${organizationId}::uuid and environment_id = ${id}::uuid and key = ${input.key}`;
    if (!row)
      throw new AppError(
        "not-found",
        `This environment has no object "${input.key.slice(0, 300)}" now; it may have been removed since.`,
      );
    const object = resourceOf(row);
    const digests = [object.desiredDigest, object.observedDigest].filter((one) => one !== undefined);
    return withManifests(object, await readManifests(tx, organizationId, digests));
  });
}
