import { fromPrisma, type Job, PgBoss } from "pg-boss";
import type { Transaction } from "./db.ts";
import { env } from "./env.ts";
import { log, occasionally } from "./log.ts";
import { type JobName, type Jobs, queues } from "./queue-names.ts";

const shared = globalThis as typeof globalThis & { plumblineQueue?: Promise<PgBoss> };

function queue(): Promise<PgBoss> {
  shared.plumblineQueue ??= open();
  return shared.plumblineQueue;
}

async function open(): Promise<PgBoss> {
  const supervise = env().PLUMBLINE_ROLES.includes("worker");
  const boss = new PgBoss({
    connectionString: env().DATABASE_URL,
    max: 4,
    migrate: false,
    createSchema: false,
    schedule: false,
    supervise,
  });
  boss.on(
    "error",
    occasionally((err) => log().error({ err }, "the job queue cannot work; it tries again")),
  );
  return boss.start();
}

/** Puts a job in the queue in the same transaction: it exists exactly if the transaction commits. */
export async function enqueue<N extends JobName>(
  tx: Transaction,
  name: N,
  data: Jobs[N],
  key?: string,
): Promise<void> {
  const boss = await queue();
  await boss.send(name, data, { db: fromPrisma(tx), ...(key ? { singletonKey: key } : {}) });
}

export type Handlers = { [N in JobName]: (data: Jobs[N], attempt: { last: boolean }) => Promise<void> };

/** Starts handling jobs, each at least once, with the retries its queue says. */
export async function handleJobs(handlers: Handlers): Promise<void> {
  const boss = await queue();
  for (const { name, options } of queues) {
    const handle = handlers[name] as (data: unknown, attempt: { last: boolean }) => Promise<void>;
    await boss.work(name, { pollingIntervalSeconds: 0.5, includeMetadata: true }, async (jobs) => {
      for (const job of jobs as (Job & { retryCount: number })[]) {
        try {
          await handle(job.data, { last: job.retryCount >= (options.retryLimit ?? 0) });
        } catch (err) {
          log().warn({ err, job: name, id: job.id }, "a job failed and will be tried again");
          throw err;
        }
      }
    });
  }
}

/** Lets running jobs end, and ends the queue's connections. */
export async function closeQueue(): Promise<void> {
  const opened = shared.plumblineQueue;
  delete shared.plumblineQueue;
  await (await opened?.catch(() => undefined))?.stop({ graceful: true, timeout: 10_000 });
}
