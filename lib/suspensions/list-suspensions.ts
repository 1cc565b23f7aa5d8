import type { Agent } from "../auth/agent-tokens.ts";
import { withOrganization } from "../db.ts";
import type { Suspensions } from "../protocol/hint.ts";

/** All that people have suspended in an agent's cluster and that has not ended: what its stream tells it. */
export function listSuspensions(agent: Agent, now = new Date()): Promise<Suspensions> {
  const { organizationId, clusterId } = agent;
  return withOrganization(organizationId, async (tx) => {
    const rows = await tx.suspension.findMany({
      where: {
        organizationId,
        until: { gt: now },
        environment: { clusterId, removedAt: null, remoteSuspend: true },
      },
      select: { reason: true, owner: true, until: true, environment: { select: { name: true } } },
      orderBy: { environmentId: "asc" },
    });
    return {
      suspensions: rows.map(({ reason, owner, until, environment }) => ({
        ...{ reason, owner, until: until.toISOString(), environment: environment.name },
      })),
    };
  });
}
