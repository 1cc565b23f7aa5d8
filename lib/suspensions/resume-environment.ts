import { appendAudit } from "../audit/append-audit.ts";
import { type Context, requireRole } from "../auth/context.ts";
import { withOrganization } from "../db.ts";
import { findEnvironment } from "../environments/get-environment.ts";
import { AppError } from "../errors.ts";
import { notifyLive, notifySuspensions } from "../events.ts";
import type { ResumeInput } from "./schemas.ts";

/** Lifts what a person suspended, before its end. Needs operator; throws `conflict` where nobody did. */
export async function resumeEnvironment({
  ctx,
  input,
}: {
  ctx: Context;
  input: ResumeInput & { id: string };
}): Promise<void> {
  requireRole(ctx, "operator");
  const { organizationId, actor, address } = ctx;
  await withOrganization(organizationId, async (tx) => {
    const { id, name, clusterId } = await findEnvironment(tx, organizationId, input.id);
    const where = { organizationId, environmentId: id };
    const suspension = await tx.suspension.findUnique({ where: { organizationId_environmentId: where } });
    const { count } = await tx.suspension.deleteMany({ where });
    if (!suspension || count === 0)
      throw new AppError(
        "conflict",
        `Nobody has suspended "${name}" here. What its declaration suspends, only the declaration can resume.`,
      );
    await notifySuspensions(tx, organizationId, clusterId);
    await notifyLive(tx, organizationId, [{ topic: "environment", id }]);
    await appendAudit(tx, {
      ...{ organizationId, actor, address },
      action: "environment.resumed",
      subject: { kind: "environment", id, name },
      details: {
        reason: input.reason || null,
        suspendedBecause: suspension.reason,
        until: suspension.until.toISOString(),
      },
    });
  });
}
