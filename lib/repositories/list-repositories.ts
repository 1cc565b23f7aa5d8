import { type Context, requireRole } from "../auth/context.ts";
import { withOrganization } from "../db.ts";
import type { Cause, EnvironmentState } from "../protocol/state.ts";
import { installationToken, isOwnGithub, webUrlOf } from "./open-host.ts";
import type { RepositoryList } from "./schemas.ts";

/** Every repository that a declared environment of the organization follows, by name. */
export async function listRepositories({ ctx }: { ctx: Context }): Promise<RepositoryList> {
  requireRole(ctx, "viewer");
  const { organizationId } = ctx;
  const rows = await withOrganization(organizationId, (tx) =>
    tx.repository.findMany({
      where: { organizationId, environments: { some: { removedAt: null } } },
      orderBy: [{ name: "asc" }, { id: "asc" }],
      include: {
        environments: { where: { removedAt: null }, include: { cluster: true }, orderBy: { name: "asc" } },
      },
    }),
  );
  const byDefault = (await installationToken(organizationId)) ? "connected" : "none";
  return {
    repositories: rows.map(
      ({ id, name, url, connection, connectionMessage, lastWebhookAt, environments }) => ({
        id,
        name,
        url,
        webUrl: webUrlOf(url),
        connection:
          connection === "none"
            ? isOwnGithub(url)
              ? byDefault
              : "none"
            : (connection as "connected" | "failing"),
        connectionMessage,
        lastWebhookAt: lastWebhookAt?.toISOString() ?? null,
        environments: environments.map((one) => ({
          id: one.id,
          name: one.name,
          cluster: one.cluster.name,
          ref: one.ref,
          path: one.path,
          state: one.state as EnvironmentState,
          causes: one.causes as Cause[],
        })),
      }),
    ),
  };
}
