import { type Context, requireRole } from "../auth/context.ts";
import { Prisma, withOrganization } from "../db.ts";
import { optionalId } from "../http/page.ts";
import { causeDaysOf } from "./rules.ts";
import { type CauseDays, CauseSpan } from "./schemas.ts";

const dayMs = 86_400_000;

/**
 * How many divergences began on each of the last days (UTC), by what caused them, of the organization or of one
 * environment. Each counts once, for its gravest cause.
 */
export async function getCauseDays({
  ctx,
  input,
  now = new Date(),
}: {
  ctx: Context;
  input: { environmentId: string | null; days: string | null };
  now?: Date;
}): Promise<CauseDays> {
  requireRole(ctx, "viewer");
  const { organizationId } = ctx;
  const days = Number(CauseSpan.catch("30").parse(input.days));
  const environmentId = input.environmentId ? optionalId("environment", input.environmentId) : null;
  const today = new Date(now.toISOString().slice(0, 10));
  const from = new Date(today.getTime() - (days - 1) * dayMs);
  const rows = await withOrganization(
    organizationId,
    (tx) => tx.$queryRaw<{ day: string; causes: string[]; episodes: number; openMs: number }[]>`
      select to_char(d.started_at at time zone 'UTC', 'YYYY-MM-DD') as day, d.causes, count(*)::int as episodes,
        (sum(extract(epoch from coalesce(d.ended_at, ${now}::timestamptz) - d.started_at)) * 1000)::float8 as "openMs"
      from environments e
      cross join lateral (
        select started_at, ended_at, causes from divergences d
        where d.organization_id = e.organization_id and d.environment_id = e.id and d.started_at >= ${from}::timestamptz
      ) d
      where e.organization_id = ${organizationId}::uuid
        ${environmentId ? Prisma.sql`and e.id = ${environmentId}::uuid` : Prisma.sql`and e.removed_at is null`}
      group by 1, 2`,
  );
  return causeDaysOf(rows, from, days);
}
