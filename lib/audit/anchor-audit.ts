import { randomUUID } from "node:crypto";
import { insertAlerts } from "../alerts/raise-alerts.ts";
import type { Actor } from "../auth/context.ts";
import { type Context, requireRole } from "../auth/context.ts";
import { type Transaction, withOrganization, withRouting } from "../db.ts";
import { env } from "../env.ts";
import { auditKey, signAnchor } from "./anchor.ts";
import { appendAudit } from "./append-audit.ts";
import { genesisHash } from "./rules.ts";
import type { AnchorAnswer, AnchorSetting } from "./schemas.ts";

/**
 * Signs the chain's head, sends it to the channels whose rules ask for anchors, and answers it for whoever wants to
 * keep it elsewhere. Needs operator.
 */
export async function anchorAudit({ ctx }: { ctx: Context }): Promise<AnchorAnswer> {
  requireRole(ctx, "operator");
  const { organizationId, actor, address } = ctx;
  return withOrganization(organizationId, (tx) =>
    anchor(tx, { organizationId, actor, address, now: new Date(), key: (head) => `audit-anchor:${head}` }),
  );
}

/** Anchors, once a day, the chain of every organization that has it sent somewhere. */
export async function anchorDaily(now: Date): Promise<void> {
  const day = now.toISOString().slice(0, 10);
  const organizations = await withRouting((tx) => tx.organization.findMany({ select: { id: true } }));
  const key = `audit-anchor:${day}`;
  for (const { id: organizationId } of organizations)
    await withOrganization(organizationId, async (tx) => {
      const done = await tx.alert.findFirst({ where: { organizationId, key }, select: { id: true } });
      if (done || (await channelsOf(tx, organizationId)).length === 0) return;
      const actor: Actor = { kind: "job", id: null, name: "Plumbline" };
      await anchor(tx, { organizationId, actor, address: null, now, key: () => key });
    });
}

/** The key that anchors are signed with, where they go, and when the last one left. Needs viewer. */
export async function getAnchorSetting({ ctx }: { ctx: Context }): Promise<AnchorSetting> {
  requireRole(ctx, "viewer");
  const { organizationId } = ctx;
  return withOrganization(organizationId, async (tx) => {
    const last = await tx.alert.findFirst({
      where: { organizationId, kind: "audit-anchor" },
      orderBy: { at: "desc" },
      select: { at: true },
    });
    return {
      publicKey: auditKey(env()).publicKey,
      channels: await channelsOf(tx, organizationId),
      lastAt: last?.at.toISOString() ?? null,
    };
  });
}

async function anchor(
  tx: Transaction,
  call: {
    organizationId: string;
    actor: Actor;
    address: string | null;
    now: Date;
    key: (head: number) => string;
  },
): Promise<AnchorAnswer> {
  const { organizationId, actor, address, now } = call;
  const organization = await tx.organization.findUniqueOrThrow({ where: { id: organizationId } });
  const [head] = await tx.$queryRaw<{ sequence: bigint; hash: string }[]>`
    select "sequence", hash from plumbline_audit_head(${organizationId}::uuid)`;
  const sequence = Number(head?.sequence ?? 0n);
  const key = auditKey(env());
  const { slug, name } = organization;
  const text = signAnchor(key, {
    ...{
      organization: organizationId,
      slug,
      sequence,
      hash: head?.hash ?? genesisHash,
      at: now.toISOString(),
    },
  });
  const channels = await channelsOf(tx, organizationId);
  const id = randomUUID();
  await insertAlerts(tx, {
    ...{ organizationId, environmentId: null, clusterId: null, now, writeBack: false },
    rows: [
      {
        ...{ id, key: call.key(sequence), kind: "audit-anchor", episode: null, ordinal: 0 },
        message: {
          ...{ id, kind: "audit-anchor", at: now.toISOString(), organization: { slug, name } },
          ...{ cluster: null, environment: null, since: null, revision: null, commitUrl: null },
          ...{ episode: null, ordinal: 0, who: actor.kind === "person" ? actor.name.slice(0, 300) : null },
          title: `Anchor of the audit log of ${name} at event ${sequence}`.slice(0, 300),
          what: `Keep this: with it, npm run audit:verify -- --anchor FILE shows whether anything up to event ${sequence} was taken away or changed.\n${text}`,
          url: `${env().PLUMBLINE_URL}/${slug}/audit`,
        },
      },
    ],
  });
  await appendAudit(tx, {
    ...{ organizationId, actor, address },
    action: "audit.anchored",
    subject: { kind: "organization", id: organizationId, name },
    details: { sequence, hash: head?.hash ?? genesisHash, channels },
  });
  return { anchor: text, sequence, publicKey: key.publicKey, channels };
}

async function channelsOf(tx: Transaction, organizationId: string): Promise<string[]> {
  const rules = await tx.notificationRule.findMany({
    where: {
      organizationId,
      environmentId: null,
      kinds: { has: "audit-anchor" },
      channel: { disabledAt: null },
    },
    select: { channel: { select: { name: true } } },
  });
  return [...new Set(rules.map(({ channel }) => channel.name))].sort();
}
