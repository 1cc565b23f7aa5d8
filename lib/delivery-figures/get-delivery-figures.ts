import { type Context, requireRole } from "../auth/context.ts";
import { withOrganization } from "../db.ts";
import { findEnvironment } from "../environments/get-environment.ts";
import { AppError } from "../errors.ts";
import { type Histogram, mergeHistograms, quantileOf } from "./rules.ts";
import { type DeliveryFigures, FigureSpan } from "./schemas.ts";

const dayMs = 86_400_000;

/**
 * What an environment, or all of the organization, delivered in the last days: read from one row a day, so that it
 * costs the same however much was recorded. Throws `not-found`, `invalid`.
 */
export async function getDeliveryFigures({
  ctx,
  input,
  now = new Date(),
}: {
  ctx: Context;
  input: { environmentId?: string | null; days?: string | null };
  now?: Date;
}): Promise<DeliveryFigures> {
  requireRole(ctx, "viewer");
  const { organizationId } = ctx;
  const span = FigureSpan.safeParse(input.days ?? "30");
  if (!span.success) throw new AppError("invalid", `days: one of ${FigureSpan.options.join(", ")}.`);
  const days = Array.from({ length: Number(span.data) }, (_, back) =>
    new Date(now.getTime() - back * dayMs).toISOString().slice(0, 10),
  ).reverse();
  const rows = await withOrganization(organizationId, async (tx) => {
    const { environmentId } = input;
    const scope = environmentId
      ? (await findEnvironment(tx, organizationId, environmentId)).id
      : organizationId;
    return tx.deliveryDay.findMany({
      where: { organizationId, scope, day: { gte: new Date(days[0]!), lte: new Date(days.at(-1)!) } },
    });
  });
  const byDay = new Map(rows.map((row) => [row.day.toISOString().slice(0, 10), row]));
  const total = (count: (row: (typeof rows)[number]) => number) =>
    rows.reduce((sum, row) => sum + count(row), 0);
  const deployments = total((row) => row.deployments);
  return {
    from: days[0]!,
    to: days.at(-1)!,
    deployments,
    deploymentsPerDay: deployments / days.length,
    lead: quantiles(rows.map((row) => row.lead as Histogram)),
    changes: total((row) => row.changes),
    failedChanges: total((row) => row.failedChanges),
    restores: total((row) => row.restores),
    restore: quantiles(rows.map((row) => row.restore as Histogram)),
    days: days.map((day) => {
      const row = byDay.get(day);
      return {
        day,
        deployments: row?.deployments ?? 0,
        changes: row?.changes ?? 0,
        failedChanges: row?.failedChanges ?? 0,
        restores: row?.restores ?? 0,
        leadMs: row ? quantileOf(row.lead as Histogram, 0.5) : null,
        restoreMs: row ? quantileOf(row.restore as Histogram, 0.5) : null,
      };
    }),
  };
}

function quantiles(histograms: Histogram[]) {
  const all = mergeHistograms(histograms);
  const [p50, p90] = [quantileOf(all, 0.5), quantileOf(all, 0.9)];
  return p50 === null || p90 === null ? null : { p50, p90 };
}
