import { anchorDaily } from "../audit/anchor-audit.ts";
import { countDeliveryDays } from "../delivery-figures/count-days.ts";
import { log, occasionally } from "../log.ts";
import { handleJobs } from "../queue.ts";
import { cleanUp } from "./clean-up.ts";
import { startClock } from "./clock.ts";
import { startDeliveries } from "./deliver.ts";
import { findProvenance } from "./find-provenance.ts";
import { handleWebhook } from "./handle-webhook.ts";
import { openRollbackPullRequest } from "./open-rollback.ts";
import { sweepPullRequests } from "./sweep-pull-requests.ts";

export type Worker = { stop: () => Promise<void> };

/** Starts the worker role: the jobs, and what happens by the clock. Any number of them may run. */
export async function startWorker(): Promise<Worker> {
  await handleJobs({ "open-rollback": openRollbackPullRequest, "handle-webhook": handleWebhook });
  const deliveries = startDeliveries();
  const loops = [
    every("clock", 1000, startClock()),
    every("deliveries", 500, deliveries.turn),
    every("pull-request sweep", 15_000, () => sweepPullRequests(new Date())),
    every("provenance", 5_000, () => findProvenance(new Date())),
    every("audit anchors", 600_000, () => anchorDaily(new Date())),
    every("delivery figures", 10_000, countDeliveryDays),
    every("clean-up", 3_600_000, () => cleanUp(new Date())),
  ];
  return {
    stop: async () => {
      await Promise.all(loops.map((loop) => loop.stop()));
      await deliveries.ended();
    },
  };
}

/** Runs `work` again and again, never twice at once; a failure is logged and the next turn comes. */
function every(name: string, intervalMs: number, work: () => Promise<void>): Worker {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let running = Promise.resolve();
  const complain = occasionally((err) =>
    log().error({ err, loop: name }, "a turn of the worker failed; the next one comes"),
  );
  const turn = () => {
    running = work()
      .catch(complain)
      .then(() => {
        if (!stopped) timer = setTimeout(turn, intervalMs);
      });
  };
  turn();
  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      return running;
    },
  };
}
