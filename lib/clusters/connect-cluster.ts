import { randomUUID } from "node:crypto";
import { appendAudit } from "../audit/append-audit.ts";
import { makeAgentToken } from "../auth/agent-tokens.ts";
import { type Context, requireRole } from "../auth/context.ts";
import { isUniqueViolation, withOrganization } from "../db.ts";
import { env } from "../env.ts";
import { AppError } from "../errors.ts";
import { notifyLive } from "../events.ts";
import type { ConnectClusterInput, ConnectClusterResult } from "./schemas.ts";

/** Makes a cluster and the token its agent dials in with; the token is told this once. Needs operator. */
export async function connectCluster({
  ctx,
  input,
}: {
  ctx: Context;
  input: ConnectClusterInput;
}): Promise<ConnectClusterResult> {
  requireRole(ctx, "operator");
  const { organizationId, actor, address } = ctx;
  const clusterId = randomUUID();
  const token = makeAgentToken();
  try {
    await withOrganization(organizationId, async (tx) => {
      await tx.cluster.create({ data: { organizationId, id: clusterId, name: input.name } });
      await tx.agentToken.create({
        data: {
          organizationId,
          id: randomUUID(),
          clusterId,
          hash: token.hash,
          ending: token.ending,
          createdBy: actor.name,
        },
      });
      const subject = { kind: "cluster", id: clusterId, name: input.name };
      await appendAudit(tx, { organizationId, actor, address, action: "cluster.created", subject });
      await notifyLive(tx, organizationId, [{ topic: "cluster", id: clusterId }]);
    });
  } catch (error) {
    if (isUniqueViolation(error))
      throw new AppError(
        "conflict",
        `There is a cluster named "${input.name}" already; choose another name.`,
      );
    throw error;
  }
  return { clusterId, token: token.value, url: env().PLUMBLINE_URL, chart: env().PLUMBLINE_AGENT_CHART };
}
