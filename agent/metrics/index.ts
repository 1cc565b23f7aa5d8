import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { Registry } from "prom-client";
import type { Sync } from "../../lib/protocol/report.ts";
import type { Snapshot } from "../report/delta.ts";
import type { Transport } from "../report/transport.ts";
import type { Source } from "../source/index.ts";
import { expose } from "./computed.ts";
import { environmentMetrics, type Followed } from "./environments.ts";
import { processMetrics } from "./process.ts";
import { measuredSource, measuredTransport, type Sources, watchParts } from "./surroundings.ts";
import { syncMetrics } from "./syncs.ts";

/** What the agent tells Prometheus; each agent has a registry of its own. */
export type Metrics = ReturnType<typeof openMetrics>;

/** Opens the metrics: the process at once, the rest as its parts come. */
export function openMetrics(now: () => Date = () => new Date()) {
  const registry = new Registry();
  processMetrics(registry);
  const environments = environmentMetrics(registry, now);
  const ended = syncMetrics(registry);

  return {
    source: (source: Source) => measuredSource(registry, source),
    transport: (transport: Transport) => measuredTransport(registry, transport, now),
    watch: (sources: Sources) => watchParts(registry, sources),
    follow: (environment: Followed) => environments.follow(environment),
    forget: (name: string) => environments.forget(name),

    /** A report was queued, or would have been if anything were new. */
    published(snapshot: Snapshot, state: string, syncs: Sync[]): void {
      environments.published(snapshot, state, syncs);
      for (const sync of syncs) ended(sync);
    },

    /** Answers a scrape, packed where the scraper takes it. */
    async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
      const packed = /\bgzip\b/.test(String(request.headers["accept-encoding"] ?? ""));
      response.writeHead(200, {
        "content-type": registry.contentType,
        ...(packed ? { "content-encoding": "gzip", vary: "accept-encoding" } : {}),
      });
      const written = environments.during(() =>
        packed
          ? pipeline(expose(registry), createGzip({ level: 1 }), response)
          : pipeline(expose(registry), response),
      );
      // A scraper that went away is no failure of the agent's.
      await written.catch(() => response.destroy());
    },
  };
}
