import { appendAudit } from "../audit/append-audit.ts";
import { type Context, requireRole } from "../auth/context.ts";
import { withOrganization } from "../db.ts";
import { findEnvironment } from "../environments/get-environment.ts";
import { AppError } from "../errors.ts";
import { notifyLive, notifySuspensions } from "../events.ts";
import { obstacleOf } from "./rules.ts";
import type { AskedSuspension, SuspendInput } from "./schemas.ts";

/**
 * Asks an environment's agent to apply nothing until then; asking again replaces what was asked before.
 * Needs operator; throws `conflict` where it cannot be suspended.
 */
export async function suspendEnvironment({
  ctx,
  input,
  now = new Date(),
}: {
  ctx: Context;
  input: SuspendInput & { id: string };
  now?: Date;
}): Promise<AskedSuspension> {
  requireRole(ctx, "operator");
  const { organizationId, actor, address } = ctx;
  const { reason } = input;
  const until = new Date(input.until);
  return withOrganization(organizationId, async (tx) => {
    const environment = await findEnvironment(tx, organizationId, input.id);
    const { id, name, clusterId } = environment;
    const obstacle = obstacleOf(environment, until, now);
    if (obstacle) throw new AppError("conflict", obstacle);
    const said = { reason, until, owner: actor.name.slice(0, 300), ownerId: actor.id ?? id, createdAt: now };
    await tx.suspension.upsert({
      where: { organizationId_environmentId: { organizationId, environmentId: id } },
      create: { organizationId, environmentId: id, ...said },
      update: said,
    });
    await notifySuspensions(tx, organizationId, clusterId);
    await notifyLive(tx, organizationId, [{ topic: "environment", id }]);
    await appendAudit(tx, {
      ...{ organizationId, actor, address },
      action: "environment.suspended",
      subject: { kind: "environment", id, name },
      details: { reason, until: until.toISOString() },
    });
    return { reason, owner: said.owner, until: until.toISOString(), createdAt: now.toISOString() };
  });
}
