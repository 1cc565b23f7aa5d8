import type { QueueOptions } from "pg-boss";

/** Every job there is, with what it carries: ids only, the row says the rest. */
export type Jobs = {
  "open-rollback": { organizationId: string; pullRequestId: string };
  "handle-webhook": { deliveryId: string };
};
export type JobName = keyof Jobs;

const patient: QueueOptions = { retryLimit: 8, retryDelay: 2, retryBackoff: true, expireInSeconds: 120 };

/** The queues that migration makes; the application's role may use them and not make any. */
export const queues: { name: JobName; options: QueueOptions }[] = [
  { name: "open-rollback", options: patient },
  { name: "handle-webhook", options: patient },
];
