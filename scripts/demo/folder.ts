import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { belongsTo } from "../processes/leftovers.ts";

/** Everything the demo keeps lies here. */
export const demoFolder = join(import.meta.dirname, "..", "..", ".plumbline", "demo");

/** Where things are below it. */
export const places = {
  postgres: join(demoFolder, "postgres"),
  github: join(demoFolder, "github"),
  seed: join(demoFolder, "seed.git"),
  cluster: (name: string) => join(demoFolder, "clusters", name),
  agent: (name: string) => join(demoFolder, "agents", name),
  log: (name: string) => join(demoFolder, "logs", `${name}.log`),
};

/** What has to be the same after a restart, or has to be done only once. */
export interface Kept {
  secret: string;
  webhookSecret: string;
  ownerPassword: string;
  githubPort?: number;
  organizationId?: string;
  /** What the clusters are, chosen at the first start: the objects of one kind are not in the other. */
  clusters?: "simulated" | "real";
  /** Agent tokens by cluster. */
  tokens: Record<string, string>;
  /** The commits still to be pushed in the first minutes, oldest first; absent before the seeding. */
  toPush?: { sha: string; login: string; after: string }[];
}

/** The demo's own process and those it started, for a later start to end if it was killed; no `url` while it starts. */
export interface DemoProcess {
  pid: number;
  pids: number[];
  url: string;
}

/** What the other demo commands need to know of the demo that runs. */
export interface RunningDemo extends DemoProcess {
  cloneUrl: string;
  /** A token that may push. */
  gitToken: string;
  kubectl: string;
  production: { cluster: string; kubeconfig: string; context?: string; writable: boolean };
}

const keptFile = join(demoFolder, "state.json");
const runningFile = join(demoFolder, "running.json");

export function readKept(): Kept | undefined {
  return read<Kept>(keptFile);
}

export function writeKept(kept: Kept): void {
  write(keptFile, kept);
}

/** What running.json says, whether or not it still runs. */
export function readRunning(): DemoProcess | undefined {
  return read<DemoProcess>(runningFile);
}

export function writeRunning(running: DemoProcess | RunningDemo): void {
  write(runningFile, running);
}

export function forgetRunning(): void {
  rmSync(runningFile, { force: true });
}

/** The demo that runs now; throws with what to do when none does. */
export function getRunningDemo(): RunningDemo {
  const running = read<RunningDemo>(runningFile);
  if (running && belongsTo(running.pid, "demo.ts") && !running.url)
    throw new Error("The demo is still starting; wait until it says that it is ready.");
  if (!running || !belongsTo(running.pid, "demo.ts"))
    throw new Error(
      "The demo is not running. Start it with `npm run demo`, and run this in another terminal.",
    );
  return running;
}

function read<T>(path: string): T | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, "utf8")) as T;
  } catch (cause) {
    throw new Error(`${path} is damaged; begin anew with \`npm run demo -- --reset\`.`, { cause });
  }
}

/** Renamed into place, so that a kill leaves the old or the new and never a half. */
function write(path: string, value: unknown) {
  mkdirSync(demoFolder, { recursive: true });
  writeFileSync(`${path}.new`, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
