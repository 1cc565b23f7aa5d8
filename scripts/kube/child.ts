import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

/** A running program of the control plane. */
export interface Child {
  readonly name: string;
  readonly pid: number;
  /** Throws, with the end of its log, when the program is no longer running. */
  assertRunning(): void;
  /** Ends it: SIGTERM, then SIGKILL once `graceMs` have passed; SIGKILL at once when that is 0. */
  stop(graceMs: number): Promise<void>;
}

const alive = new Set<ChildProcess>();
// The last resort for a parent that exits without stop(): nothing asynchronous can run any more.
process.on("exit", () => {
  for (const child of alive) child.kill("SIGKILL");
});

/** Starts a program with its output in `<folder>/<name>.log`. */
export async function startChild(binary: string, args: string[], folder: string): Promise<Child> {
  const name = basename(binary);
  const logPath = join(folder, `${name}.log`);
  const output = openSync(logPath, "a");
  // Detached: Ctrl-C in a terminal reaches us alone, so that what uses the cluster ends before it.
  const child = spawn(binary, args, { cwd: folder, detached: true, stdio: ["ignore", output, output] });
  closeSync(output);
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (cause) =>
      reject(new Error(`${binary} could not be started: ${cause.message}`, { cause })),
    );
  });
  alive.add(child);
  void exited.then(() => alive.delete(child));
  const isRunning = () => child.exitCode === null && child.signalCode === null;

  return {
    name,
    pid: child.pid!,
    assertRunning() {
      if (isRunning()) return;
      const end = child.signalCode ?? `code ${child.exitCode}`;
      throw new Error(`${name} ended by itself (${end}). The end of ${logPath}:\n${tail(logPath)}`);
    },
    async stop(graceMs) {
      if (!isRunning()) return;
      child.kill(graceMs > 0 ? "SIGTERM" : "SIGKILL");
      const timer = setTimeout(() => child.kill("SIGKILL"), graceMs);
      await exited;
      clearTimeout(timer);
    },
  };
}

function tail(path: string): string {
  return readFileSync(path, "utf8").trimEnd().split("\n").slice(-15).join("\n");
}
