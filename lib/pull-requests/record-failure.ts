import { appendAudit } from "../audit/append-audit.ts";
import { withOrganization } from "../db.ts";
import { notifyLive } from "../events.ts";

/** A rollback could not be opened: says why on its row; `final` where it will not be tried again. */
export function recordRollbackFailure(call: {
  organizationId: string;
  id: string;
  problem: string;
  final: boolean;
}): Promise<void> {
  const { organizationId, id, problem, final } = call;
  return withOrganization(organizationId, async (tx) => {
    const { count } = await tx.pullRequest.updateMany({
      where: { organizationId, id, status: "requested" },
      data: { problem, ...(final ? { status: "failed", closedAt: new Date() } : {}) },
    });
    if (count === 0) return;
    const row = await tx.pullRequest.findUniqueOrThrow({
      where: { organizationId_id: { organizationId, id } },
      include: { environment: true },
    });
    if (final)
      await appendAudit(tx, {
        organizationId,
        actor: { kind: "job", id: null, name: "Plumbline" },
        action: "rollback.failed",
        subject: { kind: "environment", id: row.environmentId, name: row.environment.name },
        details: { pullRequest: id, toRevision: row.toRevision, problem },
      });
    await notifyLive(tx, organizationId, [
      { topic: "pull-request", id },
      { topic: "environment", id: row.environmentId },
    ]);
  });
}
