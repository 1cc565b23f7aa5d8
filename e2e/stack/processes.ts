import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";

/** A child of a test whose whole output is kept, so that it can be searched. */
export type Running = { child: ChildProcess; log: string; stop(signal?: NodeJS.Signals): Promise<void> };

/** Starts a program with its output in `log`; stopping it waits for its end. */
export function start(
  command: string[],
  options: { env: NodeJS.ProcessEnv; cwd: string; log: string },
): Running {
  const file: WriteStream = createWriteStream(options.log, { flags: "a" });
  const child = spawn(command[0]!, command.slice(1), {
    cwd: options.cwd,
    env: options.env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout?.pipe(file, { end: false });
  child.stderr?.pipe(file, { end: false });
  const ended = once(child, "exit");
  return {
    child,
    log: options.log,
    async stop(signal = "SIGTERM") {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill(signal);
      await ended;
    },
  };
}

/** Runs a program to its end and answers what it wrote. Never blocks: servers of the test live in this process. */
export function run(
  command: string[],
  options: { cwd?: string; env?: Record<string, string>; input?: string } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      command[0]!,
      command.slice(1),
      { cwd: options.cwd, env: { ...process.env, ...options.env }, maxBuffer: 64 << 20 },
      (error, stdout, stderr) =>
        error
          ? reject(new Error(`${command.join(" ")}: ${stderr || error.message}`, { cause: error }))
          : resolve(stdout),
    );
    // A program that reads no input may be gone before it is written.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(options.input ?? "");
  });
}
