import { randomUUID } from "node:crypto";
import { appendAudit } from "../audit/append-audit.ts";
import { type Context, requireRole } from "../auth/context.ts";
import { type Transaction, withOrganization } from "../db.ts";
import { findEnvironment } from "../environments/get-environment.ts";
import { AppError } from "../errors.ts";
import { notifyLive } from "../events.ts";
import { optionalId } from "../http/page.ts";
import type { CreateMuteInput, MuteList, MuteRow } from "./schemas.ts";

const longestMs = 30 * 86_400_000;

/** Mutes that hold now; the first to end comes first. */
export async function listMutes({ ctx }: { ctx: Context }): Promise<MuteList> {
  requireRole(ctx, "viewer");
  return withOrganization(ctx.organizationId, async (tx) => ({ mutes: await rows(tx, ctx.organizationId) }));
}

/** No messages about an environment, or about any, until an instant; alerts are still recorded. Needs operator. */
export async function createMute({ ctx, input }: { ctx: Context; input: CreateMuteInput }): Promise<MuteRow> {
  requireRole(ctx, "operator");
  const { organizationId, actor, address } = ctx;
  const { environmentId, reason } = input;
  const until = new Date(input.until);
  const ahead = until.getTime() - Date.now();
  if (ahead <= 0) throw new AppError("invalid", "until: that instant has passed; choose a later one.");
  if (ahead > longestMs) throw new AppError("invalid", "until: at most 30 days from now.");
  const id = randomUUID();
  return withOrganization(organizationId, async (tx) => {
    const environment = environmentId ? await findEnvironment(tx, organizationId, environmentId) : null;
    await tx.mute.create({
      data: { organizationId, id, environmentId, reason, mutedBy: actor.name, until },
    });
    await appendAudit(tx, {
      organizationId,
      actor,
      address,
      action: "mute.created",
      subject: subjectOf(environment, organizationId),
      details: { mute: id, reason, until: until.toISOString() },
    });
    await notifyLive(tx, organizationId, [{ topic: "alert", id }]);
    const [row] = await rows(tx, organizationId, id);
    return row!;
  });
}

/** Ends a mute before its time. Lifting one that has ended changes nothing. Needs operator. */
export async function liftMute({ ctx, input }: { ctx: Context; input: { id: string } }): Promise<void> {
  requireRole(ctx, "operator");
  const { organizationId, actor, address } = ctx;
  const id = optionalId("mute", input.id);
  await withOrganization(organizationId, async (tx) => {
    const mute = await tx.mute.findUnique({
      where: { organizationId_id: { organizationId, id } },
      include: { environment: true },
    });
    if (!mute) throw new AppError("not-found", "There is no such mute here.");
    if (mute.until <= new Date()) return;
    await tx.mute.update({
      where: { organizationId_id: { organizationId, id } },
      data: { until: new Date() },
    });
    await appendAudit(tx, {
      organizationId,
      actor,
      address,
      action: "mute.lifted",
      subject: subjectOf(mute.environment, organizationId),
      details: { mute: id, reason: mute.reason },
    });
    await notifyLive(tx, organizationId, [{ topic: "alert", id }]);
  });
}

const subjectOf = (environment: { id: string; name: string } | null, organizationId: string) =>
  environment
    ? { kind: "environment", id: environment.id, name: environment.name }
    : { kind: "organization", id: organizationId, name: "every environment" };

async function rows(tx: Transaction, organizationId: string, id?: string): Promise<MuteRow[]> {
  const found = await tx.mute.findMany({
    where: { organizationId, until: { gt: new Date() }, ...(id ? { id } : {}) },
    include: { environment: { include: { cluster: { select: { name: true } } } } },
    orderBy: [{ until: "asc" }, { id: "asc" }],
  });
  return found.map(({ id, environment, reason, mutedBy, createdAt, until }) => ({
    id,
    environment: environment && {
      id: environment.id,
      name: environment.name,
      cluster: environment.cluster.name,
    },
    reason,
    mutedBy,
    createdAt: createdAt.toISOString(),
    until: until.toISOString(),
  }));
}
