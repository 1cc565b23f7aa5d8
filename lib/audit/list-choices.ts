import { type Context, requireRole } from "../auth/context.ts";
import { Prisma, type Transaction, withOrganization } from "../db.ts";
import type { AuditChoices } from "./schemas.ts";

const most = 300;

/** What the log can be filtered by, in its own words. Needs viewer. */
export async function listAuditChoices({ ctx }: { ctx: Context }): Promise<AuditChoices> {
  requireRole(ctx, "viewer");
  const { organizationId } = ctx;
  return withOrganization(organizationId, async (tx) => ({
    actors: await distinct(tx, organizationId, Prisma.sql`actor_name`),
    actions: await distinct(tx, organizationId, Prisma.sql`action`),
    subjectKinds: await distinct(tx, organizationId, Prisma.sql`subject_kind`),
  }));
}

/** One index look a value, however many events have it. */
async function distinct(tx: Transaction, organizationId: string, column: Prisma.Sql): Promise<string[]> {
  const rows = await tx.$queryRaw<{ value: string }[]>`
    with recursive found(value) as (
      (select ${column} from audit_events where organization_id = ${organizationId}::uuid order by 1 limit 1)
      union all
      select (select ${column} from audit_events
        where organization_id = ${organizationId}::uuid and ${column} > found.value order by 1 limit 1)
      from found where found.value is not null
    ) select value from found where value is not null limit ${most}`;
  return rows.map(({ value }) => value);
}
