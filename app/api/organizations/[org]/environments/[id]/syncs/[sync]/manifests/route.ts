import { organizationRoute } from "#lib/http/route.ts";
import { getSyncManifests } from "#lib/syncs/get-sync-manifests.ts";

export const GET = organizationRoute(({ ctx, params }) =>
  getSyncManifests({ ctx, input: { environmentId: params.id ?? "", syncId: params.sync ?? "" } }),
);
