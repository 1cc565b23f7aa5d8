import { type Transaction, withOrganization } from "../db.ts";
import { reviewEnvironments } from "../environments/review-environments.ts";
import { notifyLive } from "../events.ts";

type Seen = { organizationId: string; clusterId: string; tokenId?: string };

/** Notes that a cluster's agent was heard just now; one that had fallen silent gets its states back. */
export async function markSeen(tx: Transaction, { organizationId, clusterId, tokenId }: Seen): Promise<void> {
  const [before] = await tx.$queryRaw<{ silent: boolean }[]>`
    select silent from clusters where organization_id = ${organizationId}::uuid and id = ${clusterId}::uuid for no key update`;
  await tx.$executeRaw`update clusters set last_seen_at = now(), silent = false
    where organization_id = ${organizationId}::uuid and id = ${clusterId}::uuid`;
  if (tokenId)
    await tx.$executeRaw`update agent_tokens set last_used_at = now()
      where organization_id = ${organizationId}::uuid and id = ${tokenId}::uuid`;
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
