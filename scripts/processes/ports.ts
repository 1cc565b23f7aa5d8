import { randomInt } from "node:crypto";
import { createServer } from "node:net";

const handedOut = new Set<number>();

/**
 * A free loopback port below the range that systems hand to outgoing connections, so that nothing takes it
 * while its server is down between a kill and a restart. `preferred` is kept if it is free.
 */
export async function freePort(preferred?: number): Promise<number> {
  if (preferred !== undefined && !handedOut.has(preferred) && (await isFree(preferred)))
    return take(preferred);
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = randomInt(20_000, 32_000);
    if (!handedOut.has(port) && (await isFree(port))) return take(port);
  }
  throw new Error(
    "No free port was found between 20000 and 32000 on 127.0.0.1. Stop some servers and try again.",
  );
}

/** Gives a port back, so that a later cluster of this process may have it. */
export function releasePort(port: number): void {
  handedOut.delete(port);
}

function take(port: number): number {
  handedOut.add(port);
  return port;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  });
}
