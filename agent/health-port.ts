import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * Answers `/healthz` (the process runs), `/readyz` (the cluster was read and environments are followed) and
 * `/metrics` (what Prometheus asks for).
 */
export async function openHealthPort(options: {
  port: number;
  host?: string;
  ready: () => boolean;
  metrics: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
}): Promise<{ port: number; close: () => void }> {
  const server = createServer((request, response) => {
    const path = request.url?.split("?", 1)[0];
    if (path === "/metrics") return void options.metrics(request, response);
    const ok = path === "/healthz" || (path === "/readyz" && options.ready());
    const status = ok ? 200 : path === "/readyz" ? 503 : 404;
    response.writeHead(status, { "content-type": "text/plain" }).end(ok ? "ok\n" : `${status}\n`);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
