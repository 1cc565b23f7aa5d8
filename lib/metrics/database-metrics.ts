import { Gauge, type Registry } from "prom-client";
import { log, occasionally } from "../log.ts";
import { EnvironmentState } from "../protocol/state.ts";
import { queues } from "../queue-names.ts";
import { type Counted, countRows } from "./count-rows.ts";

/** However often Prometheus asks, the database is asked at most this often. */
const FRESH_MS = 10_000;

/**
 * Registers what the database knows of all organizations together; answers what brings it up to date before a
 * scrape. Where the database does not answer, it says so and tells no old numbers.
 */
export function databaseMetrics(registry: Registry): () => Promise<void> {
  const registers = [registry];
  const gauge = <L extends string>(name: string, help: string, ...labelNames: L[]) =>
    new Gauge({ name, help, labelNames, registers });
  const reachable = gauge("plumbline_database_reachable", "1 while the database answers.");
  const environments = gauge("plumbline_environments", "Environments by state.", "state");
  const agents = gauge(
    "plumbline_agents",
    "Agents by whether they are heard of: `heard`, `silent`, or `awaited` before their first session.",
    "state",
  );
  const pullRequests = gauge(
    "plumbline_pull_requests",
    "Rollbacks on their way, by how far they have come.",
    "status",
  );
  const deliveries = gauge(
    "plumbline_alert_deliveries",
    "Deliveries of alerts that are on record, by status: `pending`, `delivered`, `given-up`.",
    "status",
  );
  const oldestDelivery = gauge(
    "plumbline_alert_delivery_oldest_pending_seconds",
    "Age of the oldest delivery of an alert that is still pending; 0 where none is.",
  );
  const unhandled = gauge("plumbline_webhooks_waiting", "Webhooks that were taken and not handled yet.");
  const oldestWebhook = gauge(
    "plumbline_webhook_oldest_waiting_seconds",
    "Age of the oldest webhook that was not handled yet; 0 where there is none.",
  );
  const jobs = gauge(
    "plumbline_jobs_waiting",
    "Jobs that wait for a worker, or for their next try.",
    "queue",
  );
  const oldestJob = gauge(
    "plumbline_job_oldest_waiting_seconds",
    "Age of the oldest job that waits; 0 where none does.",
    "queue",
  );
  const labelled = [environments, agents, pullRequests, deliveries, jobs, oldestJob];
  const complain = occasionally((err) => log().warn({ err }, "metrics: the database does not answer"));

  function tell(counted: Counted[]): void {
    for (const one of labelled) one.reset();
    for (const state of EnvironmentState.options) environments.set({ state }, 0);
    for (const state of ["heard", "silent", "awaited"]) agents.set({ state }, 0);
    for (const status of ["pending", "delivered", "given-up"]) deliveries.set({ status }, 0);
    for (const { name: queue } of queues) {
      jobs.set({ queue }, 0);
      oldestJob.set({ queue }, 0);
    }
    oldestDelivery.set(0);
    for (const { what, of, rows, oldestSeconds } of counted) {
      const oldest = Math.max(0, oldestSeconds ?? 0);
      if (what === "environments") environments.set({ state: of }, rows);
      if (what === "agents") agents.set({ state: of }, rows);
      if (what === "pull-requests") pullRequests.set({ status: of }, rows);
      if (what === "deliveries") deliveries.set({ status: of }, rows);
      if (what === "deliveries" && of === "pending") oldestDelivery.set(oldest);
      if (what === "webhooks") {
        unhandled.set(rows);
        oldestWebhook.set(oldest);
      }
      if (what === "jobs") {
        jobs.set({ queue: of }, rows);
        oldestJob.set({ queue: of }, oldest);
      }
    }
    reachable.set(1);
  }

  function unknown(error: unknown): void {
    complain(error);
    for (const one of [oldestDelivery, unhandled, oldestWebhook]) one.remove();
    for (const one of labelled) one.reset();
    reachable.set(0);
  }

  let asked: Promise<void> | null = null;
  let askedAt = Number.NEGATIVE_INFINITY;
  return () => {
    if (asked && performance.now() - askedAt < FRESH_MS) return asked;
    askedAt = performance.now();
    asked = countRows().then(tell, unknown);
    return asked;
  };
}
