import { type Context, requireRole } from "../auth/context.ts";
import { Prisma, withOrganization } from "../db.ts";
import { optionalId, optionalOne, readCursor, writeCursor } from "../http/page.ts";
import { AlertKind, type AlertMessage } from "../notifications/message.ts";
import type { AlertPage, AlertRow } from "./schemas.ts";

const pageSize = 50;

type Filter = { environmentId?: string | null; kind?: string | null; after?: string | null };
type Stored = {
  id: string;
  kind: AlertKind;
  at: Date;
  environmentId: string | null;
  message: AlertMessage;
  muted: boolean;
  deliveries: AlertRow["deliveries"];
};

/** Alerts by the time they were so, newest first, a page at a time; of one environment or kind where asked. */
export async function listAlerts({ ctx, input = {} }: { ctx: Context; input?: Filter }): Promise<AlertPage> {
  requireRole(ctx, "viewer");
  const conditions = [Prisma.sql`a.organization_id = ${ctx.organizationId}::uuid`];
  const environmentId = optionalId("environment", input.environmentId);
  if (environmentId) conditions.push(Prisma.sql`a.environment_id = ${environmentId}::uuid`);
  const kind = optionalOne("kind", AlertKind, input.kind);
  if (kind) conditions.push(Prisma.sql`a.kind = ${kind}`);
  const cursor = readCursor(input.after);
  if (cursor) conditions.push(Prisma.sql`(a.at, a.id) < (${cursor.at}::timestamptz, ${cursor.id}::uuid)`);
  const rows = await withOrganization(
    ctx.organizationId,
    (tx) => tx.$queryRaw<Stored[]>`
      select a.id, a.kind, a.at, a.environment_id as "environmentId", a.message, a.muted,
        (select jsonb_build_object('pending', count(*) filter (where status = 'pending'),
            'delivered', count(*) filter (where status = 'delivered'), 'givenUp', count(*) filter (where status = 'given-up'))
          from deliveries d where d.organization_id = a.organization_id and d.alert_id = a.id) as deliveries
      from alerts a where ${Prisma.join(conditions, " and ")}
      order by a.at desc, a.id desc limit ${pageSize + 1}`,
  );
  const alerts = rows.slice(0, pageSize).map(rowOf);
  const last = alerts.at(-1);
  const next = rows.length > pageSize && last ? writeCursor({ at: last.at, id: last.id }) : null;
  return { alerts, next };
}

function rowOf({ id, kind, at, environmentId, message, muted, deliveries }: Stored): AlertRow {
  const { cluster, title, what, who, since, revision, commitUrl, episode, ordinal } = message;
  return {
    id,
    kind,
    at: at.toISOString(),
    environment:
      environmentId && message.environment
        ? { id: environmentId, name: message.environment, cluster: cluster ?? "" }
        : null,
    cluster,
    title,
    what,
    who,
    since,
    revision,
    commitUrl,
    episode,
    ordinal,
    muted,
    deliveries,
  };
}
