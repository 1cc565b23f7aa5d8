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
const mostAtOnce = 32;
const mostOfOne = 4;
const mostLooked = 200;

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
  const underWay = new Map<string, { receiver: string; work: Promise<void> }>();
  const complain = occasionally((err) =>
    log().error({ err }, "a delivery could not be handled; it is tried again"),
  );
  const one = async (due: DueDelivery) => {
    const claimed = await claimDelivery(due, new Date(), leaseMs);
    if (claimed) await recordSent(claimed, await send(claimed), new Date());
  };
  /** A receiver that hangs must leave room for the others. */
  const hasRoom = (receiver: string) =>
    underWay.size < mostAtOnce &&
    [...underWay.values()].filter((other) => other.receiver === receiver).length < mostOfOne;
  const turn = async () => {
    if (underWay.size >= mostAtOnce) return;
    for (const due of await findDueDeliveries(new Date(), mostOfOne, mostLooked)) {
      const receiver = `${due.organizationId}/${due.channelId}`;
      if (underWay.has(due.id) || !hasRoom(receiver)) continue;
      const work = one(due)
        .catch(complain)
        .finally(() => underWay.delete(due.id));
      underWay.set(due.id, { receiver, work });
    }
  };
  return {
    turn,
    ended: async () => void (await Promise.all([...underWay.values()].map(({ work }) => work))),
  };
}
