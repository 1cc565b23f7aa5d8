import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { Transport } from "../report/transport.ts";
import type { Source } from "../source/index.ts";
import { computed, single } from "./computed.ts";

/** What the agent's own parts say of themselves when a scrape asks. */
export type Sources = {
  looks: () => { inside: number; waiting: number };
  outbox: () => { reports: number; bytes: number };
  connected: () => boolean;
  kubernetes: () => ReadonlyMap<string, number>;
};

/** Registers queues and counters of the parts that are there from now on. */
export function watchParts(registry: Registry, sources: Sources): void {
  single(registry, {
    name: "plumbline_looks_running",
    help: "Environments that are being read, compared or applied.",
    value: () => sources.looks().inside,
  });
  single(registry, {
    name: "plumbline_looks_waiting",
    help: "Environments that wait for their turn to be looked at.",
    value: () => sources.looks().waiting,
  });
  single(registry, {
    name: "plumbline_reports_waiting",
    help: "Reports on disk that the control plane has not taken yet.",
    value: () => sources.outbox().reports,
  });
  single(registry, {
    name: "plumbline_reports_waiting_bytes",
    help: "Size of the reports on disk that the control plane has not taken yet.",
    value: () => sources.outbox().bytes,
  });
  single(registry, {
    name: "plumbline_control_plane_connected",
    help: "1 while the control plane knows this agent and takes its reports.",
    value: () => (sources.connected() ? 1 : 0),
  });
  computed(registry, {
    name: "plumbline_kubernetes_requests_total",
    help: "Requests to the Kubernetes API by method and status code; 0 where no answer came.",
    type: "counter",
    labelNames: ["method", "code"],
    values: () =>
      [...sources.kubernetes()].map(([key, value]) => {
        const [method = "", code = ""] = key.split(" ");
        return { labels: { method, code }, value };
      }),
  });
}

/** The same transport, with its reports counted. */
export function measuredTransport(registry: Registry, transport: Transport, now: () => Date): Transport {
  const reports = new Counter({
    name: "plumbline_reports_total",
    help: "Reports by what the control plane answered; `failed` where their request had no usable answer.",
    labelNames: ["result"] as const,
    registers: [registry],
  });
  const last = new Gauge({
    name: "plumbline_last_report_timestamp_seconds",
    help: "When the control plane took a report last; 0 before the first.",
    registers: [registry],
  });
  return {
    ...transport,
    async reports(body) {
      const answer = await transport.reports(body);
      if (!answer.ok) reports.inc({ result: "failed" }, body.reports.length);
      else {
        for (const { status } of answer.data.results) reports.inc({ result: status });
        last.set(now().getTime() / 1000);
      }
      return answer;
    },
  };
}

/** The same source, with what environments wait for it. */
export function measuredSource(registry: Registry, source: Source): Source {
  const duration = new Histogram({
    name: "plumbline_git_fetch_duration_seconds",
    help: "How long an environment waits for Git: `head` asks for the newest commit, `checkout` fetches one.",
    labelNames: ["operation"] as const,
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    registers: [registry],
  });
  const errors = new Counter({
    name: "plumbline_git_fetch_errors_total",
    help: "How often Git could not be asked or fetched from.",
    labelNames: ["operation"] as const,
    registers: [registry],
  });
  const measured = async <T>(
    operation: "head" | "checkout" | "history",
    work: () => Promise<T>,
  ): Promise<T> => {
    const end = duration.startTimer({ operation });
    try {
      return await work();
    } catch (error) {
      errors.inc({ operation });
      throw error;
    } finally {
      end();
    }
  };
  for (const operation of ["head", "checkout", "history"] as const) errors.inc({ operation }, 0);
  return {
    head: (...asked) => measured("head", () => source.head(...asked)),
    checkout: (...asked) => measured("checkout", () => source.checkout(...asked)),
    history: (...asked) => measured("history", () => source.history(...asked)),
  };
}
