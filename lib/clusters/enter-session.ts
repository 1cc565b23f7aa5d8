import type { Agent } from "../auth/agent-tokens.ts";
import { withOrganization } from "../db.ts";
import { AppError } from "../errors.ts";
import { markSeen } from "./mark-seen.ts";

/** An agent speaks within a session it opened: it is alive. Throws `conflict` where it should say hello first. */
export function enterSession({ agent, session }: { agent: Agent; session: string }): Promise<void> {
  const { organizationId, clusterId } = agent;
  return withOrganization(organizationId, async (tx) => {
    const found = await tx.agentSession.findUnique({
      where: { organizationId_id: { organizationId, id: session } },
      select: { clusterId: true },
    });
    if (found?.clusterId !== clusterId)
      throw new AppError("conflict", "This session is not one of the agent's; open a new one.");
    await markSeen(tx, agent);
  });
}
