import { appendAudit } from "../audit/append-audit.ts";
import { withOrganization } from "../db.ts";
import { notifyLive } from "../events.ts";
import type { Situation } from "./rules.ts";

/**
 * A host refused something about a rollback: says why on its row. `final` ends one that is not open yet, until
 * somebody asks to try again; one that is open stays so, since nothing happened to it on the host.
 */
export function recordRollbackFailure(call: {
  organizationId: string;
  id: string;
  failure: Situation;
  problem: string;
  final: boolean;
  retryAt?: Date | undefined;
}): Promise<void> {
  const { organizationId, id, failure, problem, final, retryAt } = call;
  return withOrganization(organizationId, async (tx) => {
    const { count: ended } = final
      ? await tx.pullRequest.updateMany({
          where: { organizationId, id, status: "requested" },
          data: { status: "failed", closedAt: new Date(), failure, problem, retryAt: null },
        })
      : { count: 0 };
    const { count: noted } =
      ended > 0
        ? { count: 0 }
        : await tx.pullRequest.updateMany({
            where: {
              organizationId,
              id,
              status: { in: ["requested", "open"] },
              OR: [{ failure: null }, { failure: { not: failure } }, { retryAt: { not: retryAt ?? null } }],
            },
            data: { failure, problem, retryAt: retryAt ?? null },
          });
    if (ended + noted === 0) return;
    const row = await tx.pullRequest.findUniqueOrThrow({
      where: { organizationId_id: { organizationId, id } },
      include: { environment: true },
    });
    await notifyLive(tx, organizationId, [
      { topic: "pull-request", id },
      { topic: "environment", id: row.environmentId },
    ]);
    if (ended > 0)
      await appendAudit(tx, {
        organizationId,
        actor: { kind: "job", id: null, name: "Plumbline" },
        action: "rollback.failed",
        subject: { kind: "environment", id: row.environmentId, name: row.environment.name },
        details: { pullRequest: id, toRevision: row.toRevision, failure, problem },
      });
  });
}
