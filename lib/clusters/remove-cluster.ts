import { appendAudit } from "../audit/append-audit.ts";
import { type Context, requireRole } from "../auth/context.ts";
import { withOrganization } from "../db.ts";
import { notifyLive } from "../events.ts";
import { findCluster } from "./list-clusters.ts";

/** Forgets a cluster with its environments and their history; the audit log keeps that it was. Needs admin. */
export async function removeCluster({ ctx, input }: { ctx: Context; input: { id: string } }): Promise<void> {
  requireRole(ctx, "admin");
  const { organizationId, actor, address } = ctx;
  await withOrganization(organizationId, async (tx) => {
    const cluster = await findCluster(tx, organizationId, input.id);
    await tx.cluster.delete({ where: { organizationId_id: { organizationId, id: cluster.id } } });
    const subject = { kind: "cluster", id: cluster.id, name: cluster.name };
    await appendAudit(tx, { organizationId, actor, address, action: "cluster.removed", subject });
    await notifyLive(tx, organizationId, [
      { topic: "cluster", id: cluster.id },
      { topic: "environment", id: "*" },
    ]);
  });
}
