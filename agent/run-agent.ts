import { startAgent } from "./agent.ts";
import { ConfigError, readConfig } from "./config.ts";

/** Runs the agent until it is told to stop; the exit code is 2 where its settings cannot be used. */
export async function runAgent(): Promise<void> {
  const stopping = new AbortController();
  try {
    const config = readConfig();
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stopping.abort());
    const agent = await startAgent(config, { signal: stopping.signal });
    if (!stopping.signal.aborted)
      await new Promise((resolve) => stopping.signal.addEventListener("abort", resolve, { once: true }));
    await agent.stop();
    process.exit(0);
  } catch (error) {
    if (stopping.signal.aborted) process.exit(0);
    console.error((error as Error).message);
    process.exit(error instanceof ConfigError ? 2 : 1);
  }
}
