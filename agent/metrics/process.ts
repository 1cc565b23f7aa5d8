import process from "node:process";
import type { Registry } from "prom-client";
import { AGENT_VERSION } from "../version.ts";
import { computed, single } from "./computed.ts";

/**
 * Registers what is asked of every process, under the names that every exporter uses. Prometheus' usual set for
 * Node also observes garbage collection and the event loop all the time; these are read when they are asked for.
 */
export function processMetrics(registry: Registry): void {
  const startedAt = Date.now() / 1000 - process.uptime();
  computed(registry, {
    name: "plumbline_agent_build_info",
    help: "Always 1; which version of the agent this is.",
    labelNames: ["version", "node"],
    values: () => [{ labels: { version: AGENT_VERSION, node: process.version }, value: 1 }],
  });
  single(registry, {
    name: "process_cpu_seconds_total",
    help: "Processor time used, user and system.",
    type: "counter",
    value: () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    },
  });
  single(registry, {
    name: "process_start_time_seconds",
    help: "When the process started.",
    value: () => startedAt,
  });
  single(registry, {
    name: "process_resident_memory_bytes",
    help: "Memory that is resident.",
    value: () => process.memoryUsage.rss(),
  });
  single(registry, {
    name: "nodejs_heap_size_used_bytes",
    help: "JavaScript heap in use.",
    value: () => process.memoryUsage().heapUsed,
  });
}
