import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { log } from "../log.ts";
import { databaseMetrics } from "./database-metrics.ts";
import { registry } from "./registry.ts";

/**
 * Opens `/metrics` on a port of its own, so that whoever reaches the public one cannot read it. It answers without
 * the database as well: then with what the process itself knows.
 */
export async function openMetricsPort(options: {
  port: number;
  host: string;
  version: string;
  roles: string[];
}): Promise<{ port: number; close: () => Promise<void> }> {
  // Of the process and the database: once for each port, however many servers a process starts in turn.
  const own = new Registry();
  collectDefaultMetrics({ register: own });
  // Gauges that are named as counters; what they say is in those without the ending.
  for (const name of ["handles", "requests", "resources"])
    own.removeSingleMetric(`nodejs_active_${name}_total`);
  const build = new Gauge({
    name: "plumbline_control_plane_build_info",
    help: "Always 1; which version this is, and the roles of this process.",
    labelNames: ["version", "roles"] as const,
    registers: [own],
  });
  build.set({ version: options.version, roles: options.roles.join(",") }, 1);
  const refresh = databaseMetrics(own);
  const server = createServer((request, response) => {
    if (request.url?.split("?", 1)[0] !== "/metrics" || request.method !== "GET")
      return void response.writeHead(404, { "content-type": "text/plain" }).end("404\n");
    refresh()
      .then(() => Promise.all([own.metrics(), registry.metrics()]))
      .then((texts) => response.writeHead(200, { "content-type": own.contentType }).end(texts.join("\n")))
      .catch((err) => {
        log().error({ err }, "metrics: they could not be written");
        if (!response.headersSent) response.writeHead(500);
        response.end();
      });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const taken = error.code === "EADDRINUSE";
      reject(
        taken
          ? new Error(`Port ${options.port} on ${options.host} is taken; set METRICS_PORT to another one.`)
          : error,
      );
    });
    server.listen(options.port, options.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        own.clear();
      }),
  };
}
