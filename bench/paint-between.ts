import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One report on its way: when its request arrived, and when the control plane had recorded it and answered. */
export type Passed = { arrived: number; recorded: number };

/** Stands between an agent and its control plane, changes nothing, and says when reports pass. */
export async function standBetween(target: string, passed: (one: Passed) => void) {
  const { hostname, port } = new URL(target);
  const server = createServer((incoming: IncomingMessage, outgoing: ServerResponse) => {
    const isReport = incoming.url?.endsWith("/reports") ?? false;
    const arrived = Date.now();
    const { method, url: path, headers } = incoming;
    const onward = request({ hostname, port, method, path, headers }, (answer) => {
      if (isReport) passed({ arrived, recorded: Date.now() });
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      outgoing.flushHeaders();
      answer.pipe(outgoing);
      outgoing.on("close", () => answer.destroy());
    });
    onward.on("error", () => outgoing.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
