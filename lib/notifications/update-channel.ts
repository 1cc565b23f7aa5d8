import { appendAudit } from "../audit/append-audit.ts";
import { type Context, requireRole } from "../auth/context.ts";
import { isUniqueViolation, withOrganization } from "../db.ts";
import { AppError } from "../errors.ts";
import { notifyLive } from "../events.ts";
import { openChannelSecret, sealChannelSecret } from "./channel-secret.ts";
import { refusalOf, storedChannel } from "./channels/index.ts";
import { type ChannelKind, channelConfigs } from "./channels/schemas.ts";
import { nameTaken } from "./create-channel.ts";
import { channelRows, findChannel } from "./list-channels.ts";
import { targetOf } from "./rules.ts";
import { ChannelInput, type ChannelRow, type UpdateChannelInput } from "./schemas.ts";

/**
 * Changes what is given and keeps the rest. A channel that is disabled gets nothing new, and what was on its
 * way there is given up. Needs admin.
 */
export async function updateChannel({
  ctx,
  input,
}: {
  ctx: Context;
  input: UpdateChannelInput & { id: string };
}): Promise<ChannelRow> {
  requireRole(ctx, "admin");
  const { organizationId, actor, address } = ctx;
  const { id, disabled, ...fields } = input;
  try {
    return await withOrganization(organizationId, async (tx) => {
      const stored = await findChannel(tx, organizationId, id);
      const kind = stored.kind as ChannelKind;
      const where = { organizationId, id };
      const secret = openChannelSecret(kind, where, stored.secretEncrypted);
      const before = channelConfigs[kind].parse(stored.config);
      const merged = ChannelInput.parse({ ...before, ...secret, name: stored.name, ...given(fields), kind });
      const { name: _, ...aim } = given(fields);
      const refusal = Object.keys(aim).length > 0 ? refusalOf(merged) : null;
      if (refusal) throw new AppError("invalid", refusal);
      const next = storedChannel(merged);
      const disabledAt =
        disabled === undefined ? stored.disabledAt : disabled ? (stored.disabledAt ?? new Date()) : null;
      await tx.notificationChannel.update({
        where: { organizationId_id: where },
        data: {
          name: merged.name,
          config: next.config,
          secretEncrypted: sealChannelSecret(where, next.secret),
          disabledAt,
        },
      });
      if (disabledAt) await giveUp(tx, where);
      const turned = Boolean(disabledAt) !== Boolean(stored.disabledAt);
      await appendAudit(tx, {
        organizationId,
        actor,
        address,
        action: turned ? (disabledAt ? "channel.disabled" : "channel.enabled") : "channel.changed",
        subject: { kind: "channel", id, name: merged.name },
        details: {
          target: targetOf(kind, next.config),
          // Which fields, never what is in them: some are secrets.
          changed: Object.keys(given(fields)).sort(),
        },
      });
      await notifyLive(tx, organizationId, [{ topic: "notification", id }]);
      const [row] = await channelRows(tx, organizationId, id);
      return row!;
    });
  } catch (error) {
    throw isUniqueViolation(error) ? nameTaken(fields.name ?? "") : error;
  }
}

const given = (fields: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

type Transaction = Parameters<Parameters<typeof withOrganization>[1]>[0];

function giveUp(tx: Transaction, { organizationId, id }: { organizationId: string; id: string }) {
  return tx.delivery.updateMany({
    where: { organizationId, channelId: id, status: "pending" },
    data: { status: "given-up", nextAt: null, problem: "The channel was disabled before it could be sent." },
  });
}
