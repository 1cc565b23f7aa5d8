import { withOrganization } from "../db.ts";
import { notifyLive } from "../events.ts";
import type { Sent } from "./channels/channel.ts";
import { type Claimed, wakeLine } from "./claim-delivery.ts";
import { nextAttemptAt } from "./rules.ts";

/**
 * Writes down how an attempt ended: delivered, tried again later, or given up. Says nothing where the claim has
 * passed to somebody else meanwhile.
 */
export function recordSent(claimed: Claimed, sent: Sent, now: Date): Promise<void> {
  const { organizationId, id, attempts, createdAt } = claimed;
  return withOrganization(organizationId, async (tx) => {
    const data = sent.ok ? { ...arrived(now), thread: sent.thread } : failed(sent);
    const { count } = await tx.delivery.updateMany({
      where: { organizationId, id, attempts, status: "pending" },
      data,
    });
    if (count === 0) return;
    if (data.status !== "pending") await wakeLine(tx, organizationId, id, now);
    await notifyLive(tx, organizationId, [{ topic: "notification", id }]);
  });

  function failed({ reason, retryable, retryAfterMs }: Extract<Sent, { ok: false }>) {
    const at = nextAttemptAt({
      attempts,
      createdAt: createdAt.getTime(),
      now: now.getTime(),
      retryable,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      random: Math.random(),
    });
    const problem = reason.slice(0, 2000);
    return at === null
      ? { status: "given-up", problem, nextAt: null }
      : { status: "pending", problem, nextAt: new Date(at) };
  }
}

const arrived = (now: Date) => ({ status: "delivered", deliveredAt: now, nextAt: null, problem: null });
