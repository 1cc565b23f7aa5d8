import { appendAudit } from "../audit/append-audit.ts";
import { type Context, requireRole } from "../auth/context.ts";
import { withOrganization } from "../db.ts";
import { AppError } from "../errors.ts";
import { notifyLive } from "../events.ts";
import { findEnvironment } from "./get-environment.ts";
import { released } from "./hold-environment.ts";
import type { ReleaseInput } from "./schemas.ts";

/** Lifts the hold of a rollback, so that automation may move the environment again. Needs operator; throws `conflict` where it is not held. */
export async function releaseEnvironment({
  ctx,
  input,
}: {
  ctx: Context;
  input: ReleaseInput & { id: string };
}): Promise<void> {
  requireRole(ctx, "operator");
  const { organizationId, actor, address } = ctx;
  await withOrganization(organizationId, async (tx) => {
    const environment = await findEnvironment(tx, organizationId, input.id);
    const { id, name, heldSince, heldReason } = environment;
    const { count } = await tx.environment.updateMany({
      where: { organizationId, id, heldSince: { not: null } },
      data: released,
    });
    if (count === 0) throw new AppError("conflict", `"${name}" is not held by a rollback.`);
    await notifyLive(tx, organizationId, [{ topic: "environment", id }]);
    await appendAudit(tx, {
      ...{ organizationId, actor, address },
      action: "environment.released",
      subject: { kind: "environment", id, name },
      details: {
        reason: input.reason || null,
        heldBecause: heldReason,
        heldSince: heldSince?.toISOString() ?? null,
      },
    });
  });
}
