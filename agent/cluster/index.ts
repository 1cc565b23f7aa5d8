import process from "node:process";
import { ApiError } from "./api-error.ts";
import { ClusterClient } from "./client.ts";
import { findEndpoint } from "./kubeconfig.ts";
import { Transport } from "./transport.ts";
import type { Cluster, ClusterConnection } from "./types.ts";

export { ApiError, briefly, nameOf, toStageError } from "./api-error.ts";
export type { NeededKind, Observer } from "./observer.ts";
export { observe } from "./observer.ts";
export type { Account, Cluster, ClusterConnection, Writes } from "./types.ts";

/** What `connect` says about itself; the shape of a pino logger. */
type Log = { info(fields: object, message: string): void };

/**
 * Finds the API server and its credentials, and makes sure that it answers. Throws a sentence that names
 * the kubeconfig where that is wrong, ApiError where the server is.
 */
export async function connect(
  options: ClusterConnection & { log?: Log; env?: Readonly<Record<string, string | undefined>> },
): Promise<Cluster> {
  // biome-ignore lint/style/noProcessEnv: KUBECONFIG, KUBERNETES_SERVICE_HOST and proxies are every Kubernetes client's configuration, not ours
  const env = options.env ?? process.env;
  const endpoint = findEndpoint(options, env);
  const transport = new Transport(endpoint, env);
  const cluster = new ClusterClient(transport, endpoint.namespace);
  try {
    const { body } = await transport.send({ path: "/version" });
    options.log?.info(
      {
        server: endpoint.cluster.server,
        origin: endpoint.origin,
        version: (body as { gitVersion?: string })?.gitVersion,
      },
      "connected to the cluster",
    );
  } catch (error) {
    await cluster.close();
    if (error instanceof ApiError && error.status === 401)
      throw new ApiError(
        401,
        error.reason,
        `${endpoint.cluster.server} refuses the credentials of ${endpoint.origin}; renew them.`,
        { cause: error },
      );
    throw error;
  }
  return cluster;
}
