import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { parseEnv } from "#lib/env.ts";
import { type RunningServer, startServer } from "../server.ts";
import { ensureBuilt } from "./build.ts";
import { startPostgres } from "./postgres.ts";
import { assertFree } from "./processes/port.ts";
import { Interrupted, onStopSignal, Running } from "./processes/running.ts";

const folder = join(import.meta.dirname, "..", ".plumbline");
const say = (line: string) => console.log(`plumbline: ${line}`);

/** Brings the single-machine product up: PostgreSQL where none is given, then all roles in this process. */
async function bringUp(running: Running, signal: AbortSignal): Promise<RunningServer> {
  const { values } = parseArgs({ options: { port: { type: "string" } } });
  // Before Next is loaded: it and React decide by it which of their builds they are.
  Object.assign(process.env, { NODE_ENV: process.env.NODE_ENV ?? "production" });
  const port = values.port ?? process.env.PORT ?? "4300";
  await assertFree(port, "choose another one with `npm start -- --port N`");
  const built = ensureBuilt(say, signal);
  built.catch(() => {});
  const database = await findDatabase(running);
  await built;
  const env = parseEnv({
    PLUMBLINE_URL: `http://localhost:${port}`,
    ...process.env,
    ...database,
    PORT: port,
    PLUMBLINE_SECRET: process.env.PLUMBLINE_SECRET || ownSecret(),
  });
  say("migrating the database and starting");
  return running.start(
    "the control plane",
    () => startServer(env),
    (server) => server.stop(),
  );
}

/** The database that the environment names, or one of our own under .plumbline. */
async function findDatabase(running: Running): Promise<Record<string, string>> {
  if (process.env.DATABASE_URL) return {};
  if (process.env.DATABASE_OWNER_URL)
    throw new Error("DATABASE_OWNER_URL is set and DATABASE_URL is not: give both, or neither.");
  say("starting PostgreSQL in .plumbline/postgres");
  const postgres = await running.start(
    "PostgreSQL",
    () => startPostgres({ dir: join(folder, "postgres") }),
    (one) => one.stop(),
  );
  return { DATABASE_URL: postgres.appUrl, DATABASE_OWNER_URL: postgres.ownerUrl };
}

/** Made once and kept: it signs sessions and encrypts stored tokens. */
function ownSecret(): string {
  const path = join(folder, "secret");
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, `${randomBytes(32).toString("base64")}\n`, { mode: 0o600, flag: "wx" });
  }
  return readFileSync(path, "utf8").trim();
}

const running = new Running();
const interrupted = new AbortController();
onStopSignal(() => {
  say("stopping");
  interrupted.abort();
  running.interrupt();
});
try {
  const server = await Promise.race([bringUp(running, interrupted.signal), running.ending]);
  console.log(
    `\nPlumbline is ready at ${process.env.PLUMBLINE_URL || server.url.replace("127.0.0.1", "localhost")}`,
  );
  if (server.setupLink) console.log(`Make the first account, once, at ${server.setupLink}`);
  console.log("");
  await running.ending;
} catch (error) {
  if (!(error instanceof Interrupted)) {
    console.error(`plumbline: ${(error as Error).message}`);
    process.exitCode = 1;
  }
} finally {
  interrupted.abort();
  await running.stop();
  process.exit();
}
