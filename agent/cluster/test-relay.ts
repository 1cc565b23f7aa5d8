import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A TCP relay before an API server, so that a test can cut, silence and restore the connection. */
export type Relay = {
  port: number;
  /** Ends every connection and refuses new ones, as a server that is down. */
  down(): void;
  /** Keeps connections open and passes nothing on, as a firewall that forgot them. */
  silence(): void;
  up(): void;
  stop(): Promise<void>;
};

/** Starts a relay to a port on loopback. */
export async function startRelay(target: { host: string; port: number }): Promise<Relay> {
  let state: "up" | "down" | "silent" = "up";
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    if (state === "down") return client.destroy();
    const upstream = connect(target.port, target.host);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on("data", (chunk) => state !== "silent" && to.write(chunk));
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
      state = "down";
      cut();
    },
    silence() {
      state = "silent";
    },
    up() {
      // What was silenced lost bytes: it can only be cut.
      if (state === "silent") cut();
      state = "up";
    },
    async stop() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
