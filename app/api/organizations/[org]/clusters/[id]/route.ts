import { getCluster } from "#lib/clusters/list-clusters.ts";
import { removeCluster } from "#lib/clusters/remove-cluster.ts";
import { organizationRoute } from "#lib/http/route.ts";

export const GET = organizationRoute(({ ctx, params }) =>
  getCluster({ ctx, input: { id: params.id ?? "" } }),
);
export const DELETE = organizationRoute(({ ctx, params }) =>
  removeCluster({ ctx, input: { id: params.id ?? "" } }),
);
