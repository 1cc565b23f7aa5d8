import { log, occasionally } from "../log.ts";
import type { Sent } from "../notifications/channels/channel.ts";
import {
  type Claimed,
  claimDelivery,
  type DueDelivery,
  findDueDeliveries,
} from "../notifications/claim-delivery.ts";
import { recordSent } from "../notifications/record-sent.ts";
import { sendDelivery } from "../notifications/send-delivery.ts";

/** Longer than any channel takes to answer or give up. */
const leaseMs = 120_000;
const mostAtOnce = 16;

export type Deliveries = {
  /** Starts what is due, as far as there is room, and does not wait for it. */
  turn: () => Promise<void>;
  /** Waits for what is on its way. */
  ended: () => Promise<void>;
};

/**
 * Sends what the outbox holds, at least once: of a process that dies between sending and writing it down, the
 * message is sent again, with the same id. Any number of workers may run.
 */
export function startDeliveries(send: (claimed: Claimed) => Promise<Sent> = sendDelivery): Deliveries {
  const underWay = new Map<string, Promise<void>>();
  const complain = occasionally((err) =>
    log().error({ err }, "a delivery could not be handled; it is tried again"),
  );
  const one = async (due: DueDelivery) => {
    const claimed = await claimDelivery(due, new Date(), leaseMs);
    if (claimed) await recordSent(claimed, await send(claimed), new Date());
  };
  const turn = async () => {
    const room = mostAtOnce - underWay.size;
    if (room <= 0) return;
    const due = (await findDueDeliveries(new Date(), mostAtOnce)).filter(({ id }) => !underWay.has(id));
    for (const delivery of due.slice(0, room)) {
      const work = one(delivery)
        .catch(complain)
        .finally(() => underWay.delete(delivery.id));
      underWay.set(delivery.id, work);
    }
  };
  return { turn, ended: async () => void (await Promise.all(underWay.values())) };
}
