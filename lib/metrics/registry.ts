import { Counter, Gauge, Histogram, Registry } from "prom-client";

/** What this process tells Prometheus. No label holds anything of a tenant's. */
export const registry = new Registry();
const registers = [registry];

/** Requests to the gateway by route; streams are counted while they are open instead. */
export const requestDuration = new Histogram({
  name: "plumbline_http_request_duration_seconds",
  help: "How long requests to the gateway take, by route and status code; streams are not among them.",
  labelNames: ["route", "code"] as const,
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  registers,
});

/** Streams that are open at this process. */
export const openStreams = new Gauge({
  name: "plumbline_streams_open",
  help: "Live streams of this process: `agent` for each connected agent, `browser` for each open page.",
  labelNames: ["kind"] as const,
  registers,
});
for (const kind of ["agent", "browser"]) openStreams.set({ kind }, 0);

/** How long recording one report takes, and what was answered. */
export const reportDuration = new Histogram({
  name: "plumbline_report_duration_seconds",
  help: "How long recording one report takes, by what was answered; `failed` where it could not be recorded.",
  labelNames: ["result"] as const,
  buckets: [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  registers,
});

/** Webhooks of Git hosts by what became of them. */
export const webhooks = new Counter({
  name: "plumbline_webhooks_total",
  help: "Webhooks of Git hosts: `accepted`, `duplicate`, `ignored`, or `refused` for a wrong signature or form.",
  labelNames: ["result"] as const,
  registers,
});
