import { appendAudit } from "../audit/append-audit.ts";
import { type Context, requireRole } from "../auth/context.ts";
import { withOrganization } from "../db.ts";
import { AppError } from "../errors.ts";
import { notifyLive } from "../events.ts";
import { findCluster } from "./list-clusters.ts";

/** Ends a token: the next request with it is refused. Revoking it again changes nothing. Needs operator. */
export async function revokeToken({
  ctx,
  input,
}: {
  ctx: Context;
  input: { clusterId: string; tokenId: string };
}): Promise<void> {
  requireRole(ctx, "operator");
  const { organizationId, actor, address } = ctx;
  await withOrganization(organizationId, async (tx) => {
    const cluster = await findCluster(tx, organizationId, input.clusterId);
    const token = /^[0-9a-f-]{36}$/.test(input.tokenId)
      ? await tx.agentToken.findFirst({ where: { organizationId, clusterId: cluster.id, id: input.tokenId } })
      : null;
    if (!token) throw new AppError("not-found", `The cluster "${cluster.name}" has no such token.`);
    if (token.revokedAt) return;
    await tx.agentToken.update({
      where: { organizationId_id: { organizationId, id: token.id } },
      data: { revokedAt: new Date() },
    });
    const subject = { kind: "cluster", id: cluster.id, name: cluster.name };
    const details = { tokenId: token.id, ending: token.ending };
    await appendAudit(tx, {
      organizationId,
      actor,
      address,
      action: "cluster.token-revoked",
      subject,
      details,
    });
    await notifyLive(tx, organizationId, [{ topic: "cluster", id: cluster.id }]);
  });
}
