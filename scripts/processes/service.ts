import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { dirname } from "node:path";

/** A program of ours that runs beside us, in a process group of its own, with its output in a file. */
export interface Service {
  readonly name: string;
  readonly pid: number;
  readonly logPath: string;
  /** How it ended, once it has: "code 1", "SIGKILL". */
  readonly ended: Promise<string>;
  isRunning(): boolean;
  /** SIGTERM, then SIGKILL to all of its group once `graceMs` have passed. */
  stop(graceMs?: number): Promise<void>;
}

type Options = {
  name: string;
  command: string;
  args: string[];
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  logPath: string;
};

const alive = new Set<ChildProcess>();
// The last resort for a parent that exits without stop(): nothing asynchronous can run any more.
process.on("exit", () => {
  for (const child of alive) signalGroup(child, "SIGKILL");
});

/** Ends every service at once, for a person who will not wait. */
export function killServices(): void {
  for (const child of alive) signalGroup(child, "SIGKILL");
}

/** Starts a program; throws when it cannot be started at all. */
export async function startService({ name, command, args, env, cwd, logPath }: Options): Promise<Service> {
  mkdirSync(dirname(logPath), { recursive: true });
  const output = openSync(logPath, "a", 0o600);
  // Detached: Ctrl-C in a terminal reaches us alone, so that we decide in which order things end.
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ["ignore", output, output] });
  closeSync(output);
  const ended = new Promise<string>((done) =>
    child.once("exit", (code, signal) => done(signal ?? `code ${code}`)),
  );
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (cause) =>
      reject(new Error(`${name} could not be started: ${cause.message}`, { cause })),
    );
  });
  alive.add(child);
  void ended.then(() => alive.delete(child));
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  return {
    name,
    pid: child.pid!,
    logPath,
    ended,
    isRunning,
    async stop(graceMs = 15_000) {
      if (isRunning()) child.kill("SIGTERM");
      const timer = setTimeout(() => signalGroup(child, "SIGKILL"), graceMs);
      await ended;
      clearTimeout(timer);
      // What it had started itself and left behind.
      signalGroup(child, "SIGKILL");
    },
  };
}

/** The last lines of a log file, indented, to show beside what went wrong. */
export function tailOf(path: string, lines = 20): string {
  try {
    const text = readFileSync(path, "utf8").trimEnd().split("\n").slice(-lines).join("\n");
    return text.replaceAll(/^/gm, "    ");
  } catch {
    return "    (nothing was written)";
  }
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals) {
  try {
    process.kill(-child.pid!, signal);
  } catch {
    // The group has ended.
  }
}
