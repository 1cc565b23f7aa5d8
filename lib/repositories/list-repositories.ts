import { type Context, requireRole } from "../auth/context.ts";
import { withOrganization } from "../db.ts";
import { installationToken, isOwnGithub, webUrlOf } from "./open-host.ts";
import type { RepositoryList, RepositoryRow } from "./schemas.ts";

/** How many environments of each repository are named. */
const mostNamed = 6;

type Stored = Omit<RepositoryRow, "webUrl" | "lastWebhookAt"> & { lastWebhookAt: Date | null };

/** Every repository that a declared environment of the organization follows, by name. */
export async function listRepositories({ ctx }: { ctx: Context }): Promise<RepositoryList> {
  requireRole(ctx, "viewer");
  const { organizationId } = ctx;
  const rows = await withOrganization(
    organizationId,
    (tx) => tx.$queryRaw<Stored[]>`
    select r.id, r.name, r.url, r.connection, r.connection_message as "connectionMessage", r.last_webhook_at as "lastWebhookAt",
      count(*)::int as "environmentCount",
      jsonb_agg(jsonb_build_object('id', e.id, 'name', e.name, 'cluster', e.cluster, 'ref', e.ref, 'path', e.path,
        'state', e.state, 'causes', e.causes) order by e.place) filter (where e.place <= ${mostNamed}) as environments
    from repositories r
    join (
      select e.id, e.repository_id, e.name, e.ref, e.path, e.state, e.causes, c.name as cluster,
        row_number() over (partition by e.repository_id order by e.urgency, e.name, c.name) as place
      from environments e join clusters c on c.organization_id = e.organization_id and c.id = e.cluster_id
      where e.organization_id = ${organizationId}::uuid and e.removed_at is null
    ) e on e.repository_id = r.id
    where r.organization_id = ${organizationId}::uuid
    group by r.organization_id, r.id order by r.name, r.id`,
  );
  const byDefault = (await installationToken(organizationId)) ? "connected" : "none";
  return {
    repositories: rows.map(
      ({ connection, lastWebhookAt, ...row }): RepositoryList["repositories"][number] => ({
        ...row,
        webUrl: webUrlOf(row.url),
        connection: connection === "none" ? (isOwnGithub(row.url) ? byDefault : "none") : connection,
        lastWebhookAt: lastWebhookAt?.toISOString() ?? null,
      }),
    ),
  };
}
