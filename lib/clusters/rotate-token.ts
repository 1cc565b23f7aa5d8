import { randomUUID } from "node:crypto";
import { appendAudit } from "../audit/append-audit.ts";
import { makeAgentToken } from "../auth/agent-tokens.ts";
import { type Context, requireRole } from "../auth/context.ts";
import { withOrganization } from "../db.ts";
import { env } from "../env.ts";
import { AppError } from "../errors.ts";
import { notifyLive } from "../events.ts";
import { findCluster } from "./list-clusters.ts";
import type { ConnectClusterResult } from "./schemas.ts";

/** Valid at once while rotating: the one in use, and the one that will be. */
const validAtOnce = 2;

/** Adds a token beside the one in use, so that the agent can change over; told this once. Needs operator. */
export async function rotateToken({
  ctx,
  input,
}: {
  ctx: Context;
  input: { clusterId: string };
}): Promise<ConnectClusterResult> {
  requireRole(ctx, "operator");
  const { organizationId, actor, address } = ctx;
  const token = makeAgentToken();
  return withOrganization(organizationId, async (tx) => {
    await tx.$queryRaw`select 1 from clusters where organization_id = ${organizationId}::uuid and id::text = ${input.clusterId} for update`;
    const cluster = await findCluster(tx, organizationId, input.clusterId);
    const valid = await tx.agentToken.count({
      where: { organizationId, clusterId: cluster.id, revokedAt: null },
    });
    if (valid >= validAtOnce)
      throw new AppError(
        "conflict",
        "This cluster has two valid tokens already; revoke the one that is no longer used first.",
      );
    const id = randomUUID();
    const { hash, ending } = token;
    await tx.agentToken.create({
      data: { organizationId, id, clusterId: cluster.id, hash, ending, createdBy: actor.name },
    });
    const subject = { kind: "cluster", id: cluster.id, name: cluster.name };
    await appendAudit(tx, {
      organizationId,
      actor,
      address,
      action: "cluster.token-created",
      subject,
      details: { tokenId: id, ending },
    });
    await notifyLive(tx, organizationId, [{ topic: "cluster", id: cluster.id }]);
    return {
      clusterId: cluster.id,
      token: token.value,
      url: env().PLUMBLINE_URL,
      chart: env().PLUMBLINE_AGENT_CHART,
    };
  });
}
