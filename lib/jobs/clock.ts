import { raiseAgentSilent } from "../alerts/raise-agent-silent.ts";
import { reviewAlerts } from "../alerts/review-alerts.ts";
import { withOrganization, withRouting } from "../db.ts";
import { listenFrom, listeningSince, silentAfterMs } from "../environments/known-until.ts";
import { reviewEnvironments } from "../environments/review-environments.ts";
import { notifyLive } from "../events.ts";
import { endSuspensions } from "../suspensions/end-suspensions.ts";

/** Rows stay locked to their agents' reports for no longer than this many take. */
const alertsAtOnce = 100;

type Due = { organizationId: string; id: string };

/**
 * A clock's turn, to be taken again and again. Where none was taken for a while, this process was not there either,
 * or its database: agents are given time to be heard before they count as silent.
 */
export function startClock(): () => Promise<void> {
  let last = Number.NEGATIVE_INFINITY;
  return async () => {
    const now = new Date();
    if (now.getTime() - last > silentAfterMs()) listenFrom(now);
    await tick(now);
    last = now.getTime();
  };
}

/**
 * What changes by time alone: agents fall silent, deadlines and suspensions pass, alerts become due. Finding them
 * costs three index scans.
 */
export async function tick(now: Date): Promise<void> {
  const silentSince = new Date(now.getTime() - silentAfterMs());
  const { silent, due, alerting } = await withRouting(async (tx) => ({
    silent: await tx.$queryRaw<Due[]>`
      select organization_id as "organizationId", id from clusters
      where not silent and last_seen_at < ${silentSince}::timestamptz
        and ${listeningSince() <= silentSince.getTime()} limit 1000`,
    due: await tx.$queryRaw<Due[]>`
      select organization_id as "organizationId", id from environments where recheck_at <= ${now}::timestamptz limit 1000`,
    alerting: await tx.$queryRaw<Due[]>`
      select organization_id as "organizationId", id from environments
      where alert_at <= ${now}::timestamptz order by alert_at limit 1000`,
  }));
  await endSuspensions(now);
  for (const { organizationId, id } of silent) await fallSilent(organizationId, id, silentSince, now);
  for (const [organizationId, list] of Map.groupBy(due, (one) => one.organizationId))
    await withOrganization(organizationId, (tx) =>
      reviewEnvironments(tx, { organizationId, ids: list.map(({ id }) => id), now }),
    );
  for (const [organizationId, list] of Map.groupBy(alerting, (one) => one.organizationId))
    for (let start = 0; start < list.length; start += alertsAtOnce) {
      const ids = list.slice(start, start + alertsAtOnce).map(({ id }) => id);
      await withOrganization(organizationId, (tx) => reviewAlerts(tx, { organizationId, ids, now }));
    }
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
    await raiseAgentSilent(tx, { organizationId, clusterId, now });
    await notifyLive(tx, organizationId, [{ topic: "cluster", id: clusterId }]);
  });
}
