import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A TCP relay before an API server, so that a test can cut, silence and restore the connection. */
export type Relay = {
  port: number;
  /** Ends every connection and refuses new ones, as a server that is down. */
  down(): void;
  /** Passes nothing on any more over the connections there are, as a firewall that forgot them; new ones work. */
  silence(): void;
  up(): void;
  stop(): Promise<void>;
};

/** Starts a relay to a port on loopback. */
export async function startRelay(target: { host: string; port: number }): Promise<Relay> {
  let isDown = false;
  const sockets = new Set<Socket>();
  const muted = new WeakSet<Socket>();
  const server = createServer((client) => {
    if (isDown) return client.destroy();
    const upstream = connect(target.port, target.host);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on("data", (chunk) => muted.has(from) || to.write(chunk));
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
      from.on("error", () => to.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    down() {
      isDown = true;
      cut();
    },
    silence() {
      for (const socket of sockets) muted.add(socket);
    },
    up() {
      isDown = false;
    },
    async stop() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
