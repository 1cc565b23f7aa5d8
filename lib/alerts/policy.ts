import { randomUUID } from "node:crypto";
import { appendAudit } from "../audit/append-audit.ts";
import { type Context, requireRole } from "../auth/context.ts";
import { type Transaction, withOrganization } from "../db.ts";
import { findEnvironment } from "../environments/get-environment.ts";
import { notifyLive } from "../events.ts";
import {
  type AlertPolicy,
  type AlertPolicyView,
  DEFAULT_POLICY,
  type SetAlertPolicyInput,
} from "./schemas.ts";

type Of = { environmentId: string | null };

/** The policy that holds for an environment, or for the organization, and whose it is. */
export async function getAlertPolicy({ ctx, input }: { ctx: Context; input: Of }): Promise<AlertPolicyView> {
  requireRole(ctx, "viewer");
  return withOrganization(ctx.organizationId, async (tx) => {
    if (input.environmentId !== null) await findEnvironment(tx, ctx.organizationId, input.environmentId);
    return readPolicy(tx, ctx.organizationId, input.environmentId);
  });
}

/**
 * Gives the organization or one environment a policy of its own, or takes it away again. It holds for what
 * lasts already, too. Needs admin.
 */
export async function setAlertPolicy({
  ctx,
  input,
}: {
  ctx: Context;
  input: SetAlertPolicyInput & Of;
}): Promise<AlertPolicyView> {
  requireRole(ctx, "admin");
  const { organizationId, actor, address } = ctx;
  const { environmentId, policy } = input;
  return withOrganization(organizationId, async (tx) => {
    const environment =
      environmentId === null ? null : await findEnvironment(tx, organizationId, environmentId);
    // Of two who set it at once, the second sees the first's row.
    await tx.$queryRaw`select pg_advisory_xact_lock(hashtextextended(${`alert-policy:${organizationId}`}, 0))::text`;
    const own = await tx.alertPolicy.findFirst({ where: { organizationId, environmentId } });
    const where = { organizationId, id: own?.id ?? randomUUID() };
    if (policy === null) await tx.alertPolicy.deleteMany({ where: { organizationId, environmentId } });
    else
      await tx.alertPolicy.upsert({
        where: { organizationId_id: where },
        create: { ...where, environmentId, ...policy },
        update: policy,
      });
    await lookAgain(tx, organizationId, environmentId);
    const subject = environment
      ? { kind: "environment", id: environment.id, name: environment.name }
      : { kind: "organization", id: organizationId, name: "alerts" };
    await appendAudit(tx, {
      organizationId,
      actor,
      address,
      action: policy ? "alert-policy.set" : "alert-policy.cleared",
      subject,
      details: policy ?? {},
    });
    await notifyLive(tx, organizationId, [{ topic: "alert", id: environmentId ?? organizationId }]);
    return readPolicy(tx, organizationId, environmentId);
  });
}

/** The clock judges again what is being counted; rows are locked in the order that reports lock them in. */
function lookAgain(tx: Transaction, organizationId: string, environmentId: string | null) {
  return tx.$executeRaw`
    update environments e set alert_at = now() from (
      select id from environments where organization_id = ${organizationId}::uuid and removed_at is null
        and (${environmentId}::uuid is null or id = ${environmentId}::uuid)
      order by id for no key update
    ) found
    where e.organization_id = ${organizationId}::uuid and e.id = found.id`;
}

/** The environment's own policy, else the organization's, else what holds where nobody has decided. */
export async function readPolicy(
  tx: Transaction,
  organizationId: string,
  environmentId: string | null,
): Promise<AlertPolicyView> {
  const rows = await tx.alertPolicy.findMany({
    where: { organizationId, OR: [{ environmentId: null }, ...(environmentId ? [{ environmentId }] : [])] },
  });
  const policyOf = (id: string | null): AlertPolicy | null => {
    const row = rows.find((one) => one.environmentId === id);
    if (!row) return null;
    const { diffAlertAfterMs, remindEveryMs, settleMs, suspendedTooLongMs } = row;
    return { diffAlertAfterMs, remindEveryMs, settleMs, suspendedTooLongMs };
  };
  const [organization, environment] = [policyOf(null), environmentId ? policyOf(environmentId) : null];
  return {
    policy: environment ?? organization ?? DEFAULT_POLICY,
    from: environment ? "environment" : organization ? "organization" : "default",
    own: environmentId ? environment : organization,
  };
}
