import { createServer } from "node:net";

/** Throws when something listens on this port of loopback already; `wayOut` says what to do then. */
export async function assertFree(given: number | string, wayOut: string): Promise<void> {
  const port = Number(given);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Error(`${given} is not a port number (1 to 65535); ${wayOut}.`);
  await new Promise<void>((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        error.code === "EADDRINUSE"
          ? new Error(`Port ${port} is taken by another program. Stop it, or ${wayOut}.`)
          : new Error(`Port ${port} cannot be used: ${error.message}.`),
      ),
    );
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve()));
  });
}
