import { randomUUID } from "node:crypto";
import { appendAudit } from "../audit/append-audit.ts";
import { type Context, requireRole } from "../auth/context.ts";
import { type Transaction, withOrganization } from "../db.ts";
import { findEnvironment } from "../environments/get-environment.ts";
import { AppError } from "../errors.ts";
import { notifyLive } from "../events.ts";
import type { ChannelKind } from "./channels/schemas.ts";
import { findChannel } from "./list-channels.ts";
import type { CreateRuleInput, RuleKind, RuleList, RuleRow } from "./schemas.ts";

/** The organization's rules, by channel. */
export async function listRules({ ctx }: { ctx: Context }): Promise<RuleList> {
  requireRole(ctx, "viewer");
  return withOrganization(ctx.organizationId, async (tx) => ({ rules: await rows(tx, ctx.organizationId) }));
}

/** From now on, alerts of these kinds go to the channel. Needs admin. */
export async function createRule({ ctx, input }: { ctx: Context; input: CreateRuleInput }): Promise<RuleRow> {
  requireRole(ctx, "admin");
  const { organizationId, actor, address } = ctx;
  const { channelId, environmentId, kinds } = input;
  const id = randomUUID();
  return withOrganization(organizationId, async (tx) => {
    const channel = await findChannel(tx, organizationId, channelId);
    const environment = environmentId ? await findEnvironment(tx, organizationId, environmentId) : null;
    await tx.notificationRule.create({
      data: { organizationId, id, channelId, environmentId, kinds, createdBy: actor.name },
    });
    const subject = { kind: "channel", id: channelId, name: channel.name };
    const details = { rule: id, kinds, environment: environment?.name ?? null };
    await appendAudit(tx, { organizationId, actor, address, action: "rule.created", subject, details });
    await notifyLive(tx, organizationId, [{ topic: "notification", id }]);
    const [row] = await rows(tx, organizationId, id);
    return row!;
  });
}

/** Ends a rule; what is on its way already still arrives. Needs admin. */
export async function deleteRule({ ctx, input }: { ctx: Context; input: { id: string } }): Promise<void> {
  requireRole(ctx, "admin");
  const { organizationId, actor, address } = ctx;
  await withOrganization(organizationId, async (tx) => {
    const [rule] = /^[0-9a-f-]{36}$/.test(input.id) ? await rows(tx, organizationId, input.id) : [];
    if (!rule) throw new AppError("not-found", "There is no such rule here.");
    const { id, channel, kinds, environment } = rule;
    await tx.notificationRule.delete({ where: { organizationId_id: { organizationId, id } } });
    const subject = { kind: "channel", id: channel.id, name: channel.name };
    const details = { rule: id, kinds, environment: environment?.name ?? null };
    await appendAudit(tx, { organizationId, actor, address, action: "rule.deleted", subject, details });
    await notifyLive(tx, organizationId, [{ topic: "notification", id }]);
  });
}

async function rows(tx: Transaction, organizationId: string, id?: string): Promise<RuleRow[]> {
  const found = await tx.notificationRule.findMany({
    where: { organizationId, ...(id ? { id } : {}) },
    include: { channel: { select: { id: true, name: true, kind: true } } },
    orderBy: [{ channel: { name: "asc" } }, { createdAt: "asc" }, { id: "asc" }],
  });
  const environments = await namesOf(
    tx,
    organizationId,
    found.flatMap(({ environmentId }) => environmentId ?? []),
  );
  return found.map((one) => ({
    id: one.id,
    channel: { ...one.channel, kind: one.channel.kind as ChannelKind },
    environment: one.environmentId ? (environments.get(one.environmentId) ?? null) : null,
    kinds: one.kinds as RuleKind[],
    createdBy: one.createdBy,
    createdAt: one.createdAt.toISOString(),
  }));
}

/** Environments by id, as lists of other things name them. */
async function namesOf(tx: Transaction, organizationId: string, ids: string[]) {
  if (ids.length === 0) return new Map<string, NonNullable<RuleRow["environment"]>>();
  const found = await tx.environment.findMany({
    where: { organizationId, id: { in: ids } },
    select: { id: true, name: true, cluster: { select: { name: true } } },
  });
  return new Map(found.map(({ id, name, cluster }) => [id, { id, name, cluster: cluster.name }]));
}
