import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/** Tells the person who waits what is being done for them, one sentence at a time. */
export type Log = (line: string) => void;

/** Environment variables; tests give their own. */
export type Environment = Record<string, string | undefined>;

/**
 * The folder of built and extracted binaries. It lies outside the checkout, so that a second clone on
 * the same machine reuses them. `PLUMBLINE_CACHE` moves it.
 */
export function cacheFolder(env: Environment = process.env): string {
  return env.PLUMBLINE_CACHE || join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "plumbline");
}

/** The locks this process holds or is trying to take. */
const held = new Set<string>();

/**
 * Runs `work` while this process alone holds the lock file, so that two callers never build the same
 * thing twice. The lock of a process that has died is taken over.
 */
export async function withLock<T>(lockPath: string, log: Log, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(lockPath), { recursive: true });
  for (let waits = 0; !(await tryLock(lockPath)); waits++) {
    if (await isAbandoned(lockPath)) {
      await rm(lockPath, { force: true });
      continue;
    }
    if (waits === 0) log(`waiting for another process to finish with ${dirname(lockPath)}`);
    await pause(250);
  }
  try {
    return await work();
  } finally {
    await rm(lockPath, { force: true });
    held.delete(lockPath);
  }
}

async function tryLock(lockPath: string): Promise<boolean> {
  if (held.has(lockPath)) return false;
  held.add(lockPath);
  try {
    await writeFile(lockPath, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    held.delete(lockPath);
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

async function isAbandoned(lockPath: string): Promise<boolean> {
  const owner = await readFile(lockPath, "utf8").catch(() => undefined);
  if (owner === undefined) return false;
  if (owner === "") {
    // Created and not yet written to, unless its writer died in between.
    const age = await stat(lockPath).then(
      (found) => Date.now() - found.mtimeMs,
      () => 0,
    );
    return age > 10_000;
  }
  // In a container the same process id comes back with each run.
  if (Number(owner) === process.pid) return !held.has(lockPath);
  try {
    process.kill(Number(owner), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}
