import { randomUUID } from "node:crypto";
import { appendAudit } from "../audit/append-audit.ts";
import { type Context, requireRole } from "../auth/context.ts";
import { isUniqueViolation, withOrganization } from "../db.ts";
import { AppError } from "../errors.ts";
import { notifyLive } from "../events.ts";
import { sealChannelSecret } from "./channel-secret.ts";
import { refusalOf, storedChannel } from "./channels/index.ts";
import { channelRows } from "./list-channels.ts";
import { targetOf } from "./rules.ts";
import type { ChannelInput, CreateChannelResult } from "./schemas.ts";

/** Makes a channel. A signing secret that nobody gave is made here and answered this once. Needs admin. */
export async function createChannel({
  ctx,
  input,
}: {
  ctx: Context;
  input: ChannelInput;
}): Promise<CreateChannelResult> {
  requireRole(ctx, "admin");
  const { organizationId, actor, address } = ctx;
  const id = randomUUID();
  const refusal = refusalOf(input);
  if (refusal) throw new AppError("invalid", refusal);
  const { kind, name, config, secret } = storedChannel(input);
  const given = input.kind === "webhook" && input.signingSecret !== undefined;
  const made = secret && "signingSecret" in secret && !given ? secret.signingSecret : null;
  try {
    return await withOrganization(organizationId, async (tx) => {
      const secretEncrypted = sealChannelSecret({ organizationId, id }, secret);
      await tx.notificationChannel.create({
        data: { organizationId, id, kind, name, config, secretEncrypted, createdBy: actor.name },
      });
      await appendAudit(tx, {
        organizationId,
        actor,
        address,
        action: "channel.created",
        subject: { kind: "channel", id, name },
        details: { kind, target: targetOf(kind, config) },
      });
      await notifyLive(tx, organizationId, [{ topic: "notification", id }]);
      const [channel] = await channelRows(tx, organizationId, id);
      return { channel: channel!, signingSecret: made };
    });
  } catch (error) {
    throw isUniqueViolation(error) ? nameTaken(name) : error;
  }
}

/** Two channels with one name could not be told apart in a rule. */
export function nameTaken(name: string): AppError {
  return new AppError("conflict", `There is a channel "${name}" already; choose another name.`);
}
