import { appendAudit } from "../audit/append-audit.ts";
import { type Context, requireRole } from "../auth/context.ts";
import { withOrganization } from "../db.ts";
import { notifyHint } from "../events.ts";
import { findEnvironment } from "./get-environment.ts";

/** Asks an environment's agent to look now: a hint, which may be lost. Needs operator. */
export async function lookNow({ ctx, input }: { ctx: Context; input: { id: string } }): Promise<void> {
  requireRole(ctx, "operator");
  const { organizationId, actor, address } = ctx;
  await withOrganization(organizationId, async (tx) => {
    const { id, name, clusterId } = await findEnvironment(tx, organizationId, input.id);
    await notifyHint(tx, organizationId, clusterId, { environment: name, reason: "person" });
    await appendAudit(tx, {
      organizationId,
      actor,
      address,
      action: "environment.looked-at",
      subject: { kind: "environment", id, name },
    });
  });
}
