import { connectCluster } from "#lib/clusters/connect-cluster.ts";
import { listClusters } from "#lib/clusters/list-clusters.ts";
import { ConnectClusterInput } from "#lib/clusters/schemas.ts";
import { organizationRoute } from "#lib/http/route.ts";

export const GET = organizationRoute(listClusters);
export const POST = organizationRoute(connectCluster, ConnectClusterInput);
