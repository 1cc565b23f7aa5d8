import { withOrganization, withRouting } from "../db.ts";
import { env } from "../env.ts";
import { reviewEnvironments } from "../environments/review-environments.ts";
import { notifyLive } from "../events.ts";
import { SILENT_AFTER_INTERVALS } from "../protocol/state.ts";
import { endSuspensions } from "../suspensions/end-suspensions.ts";

type Due = { organizationId: string; id: string };

/** What changes by time alone: agents fall silent, deadlines and suspensions pass. Finding them costs two index scans. */
export async function tick(now: Date): Promise<void> {
  const silentSince = new Date(now.getTime() - env().REPORT_INTERVAL_MS * SILENT_AFTER_INTERVALS);
  const { silent, due } = await withRouting(async (tx) => ({
    silent: await tx.$queryRaw<Due[]>`
      select organization_id as "organizationId", id from clusters
      where not silent and last_seen_at < ${silentSince}::timestamptz limit 1000`,
    due: await tx.$queryRaw<Due[]>`
      select organization_id as "organizationId", id from environments where recheck_at <= ${now}::timestamptz limit 1000`,
  }));
  await endSuspensions(now);
  for (const { organizationId, id } of silent) await fallSilent(organizationId, id, silentSince, now);
  for (const [organizationId, list] of Map.groupBy(due, (one) => one.organizationId))
    await withOrganization(organizationId, (tx) =>
      reviewEnvironments(tx, { organizationId, ids: list.map(({ id }) => id), now }),
    );
}

/** Believed only if it is still so under lock: the agent may have spoken since. */
function fallSilent(organizationId: string, clusterId: string, silentSince: Date, now: Date): Promise<void> {
  return withOrganization(organizationId, async (tx) => {
    const { count } = await tx.cluster.updateMany({
      where: { organizationId, id: clusterId, silent: false, lastSeenAt: { lt: silentSince } },
      data: { silent: true },
    });
    if (count === 0) return;
    await reviewEnvironments(tx, { organizationId, clusterId, now });
    await notifyLive(tx, organizationId, [{ topic: "cluster", id: clusterId }]);
  });
}
