import { type Transaction, withOrganization } from "../db.ts";
import { reviewEnvironments } from "../environments/review-environments.ts";
import { notifyLive } from "../events.ts";

type Seen = { organizationId: string; clusterId: string; tokenId?: string };

/** Notes that a cluster's agent was heard just now; one that had fallen silent gets its states back. */
export async function markSeen(tx: Transaction, { organizationId, clusterId, tokenId }: Seen): Promise<void> {
  // Once a second is enough to know, and spares a write per request.
  const [before] = await tx.$queryRaw<{ silent: boolean }[]>`
    with seen as (
      update clusters c set last_seen_at = now(), silent = false
      from (select organization_id, id, silent from clusters
        where organization_id = ${organizationId}::uuid and id = ${clusterId}::uuid
          and (silent or last_seen_at is null or last_seen_at < now() - interval '1 second')
        for no key update) b
      where c.organization_id = b.organization_id and c.id = b.id
      returning b.silent
    ), used as (
      update agent_tokens set last_used_at = now()
      where organization_id = ${organizationId}::uuid and id = ${tokenId ?? null}::uuid and exists (select from seen)
    )
    select silent from seen`;
  if (!before?.silent) return;
  await reviewEnvironments(tx, { organizationId, clusterId, now: new Date() });
  await notifyLive(tx, organizationId, [{ topic: "cluster", id: clusterId }]);
}

/** The heartbeat of an open hints stream: false once its token was revoked or its cluster removed. */
export function keepSeen(seen: Required<Seen>): Promise<boolean> {
  const { organizationId, clusterId, tokenId } = seen;
  return withOrganization(organizationId, async (tx) => {
    const token = await tx.agentToken.findUnique({
      where: { organizationId_id: { organizationId, id: tokenId } },
    });
    if (!token || token.revokedAt) return false;
    await markSeen(tx, { organizationId, clusterId, tokenId });
    return true;
  });
}
