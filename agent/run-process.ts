import { spawn } from "node:child_process";

/** What became of a process; everything but `exited` means that it was ended, or never began. */
export type Ran = {
  ended: "exited" | "timeout" | "too-large" | "missing";
  code: number | null;
  stdout: Buffer;
  stderr: string;
};

const MAX_STDERR_BYTES = 64 * 1024;

/** Lets at most `max` pieces of work run at once; the others wait their turn. */
export function atMost(max: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= max) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await work();
    } finally {
      // The place passes on to whoever waits, so that nobody overtakes.
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}

/**
 * Runs one program without a shell, in a process group of its own that is killed whole on timeout,
 * abort or too much output. The environment is exactly `env`. Rejects only with the signal's reason.
 */
export async function runProcess(options: {
  command: string;
  args: string[];
  env: Record<string, string>;
  cwd: string;
  timeoutMs: number;
  maxOutputBytes: number;
  signal?: AbortSignal | undefined;
}): Promise<Ran> {
  options.signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = spawn(options.command, options.args, {
      cwd: options.cwd,
      env: options.env as NodeJS.ProcessEnv,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
      shell: false,
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let ended: Ran["ended"] = "exited";
    let outBytes = 0;
    let errBytes = 0;

    const kill = () => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      } catch {
        // The group is gone already.
      }
    };
    const end = (why: Ran["ended"]) => {
      if (ended === "exited") ended = why;
      kill();
    };
    const timer = setTimeout(() => end("timeout"), options.timeoutMs);
    options.signal?.addEventListener("abort", kill, { once: true });

    child.stdout.on("data", (chunk: Buffer) => {
      outBytes += chunk.length;
      if (outBytes > options.maxOutputBytes) end("too-large");
      else stdout.push(chunk);
    });
    child.stderr.on("data", (chunk: Buffer) => {
      if (errBytes < MAX_STDERR_BYTES) stderr.push(chunk);
      errBytes += chunk.length;
    });
    const finish = (code: number | null) => {
      clearTimeout(timer);
      options.signal?.removeEventListener("abort", kill);
      if (options.signal?.aborted) return reject(options.signal.reason);
      const said = Buffer.concat(stderr).toString("utf8").slice(0, MAX_STDERR_BYTES);
      resolve({ ended, code, stdout: Buffer.concat(stdout), stderr: said });
    };
    child.on("error", () => {
      ended = "missing";
      finish(null);
    });
    child.on("close", finish);
  });
}
