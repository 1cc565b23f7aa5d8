import { spawn } from "node:child_process";
import { onStopSignal } from "../processes/running.ts";

/** How a step ended. */
export interface StepResult {
  ok: boolean;
  seconds: number;
  /** What it wrote, where that was not shown as it came. */
  output: string;
  timedOut: boolean;
}

type Options = {
  command: string;
  args: string[];
  env?: Record<string, string | undefined>;
  cwd: string;
  /** Show the output as it comes, or keep it. */
  show: boolean;
  timeoutMs: number;
};

const running = new Set<() => void>();
onStopSignal(() => {
  for (const end of running) end();
  process.exit(130);
});

/** Runs a program to its end, without a terminal to ask; when its time is up it is ended with all it started. */
export function runStep({ command, args, env, cwd, show, timeoutMs }: Options): Promise<StepResult> {
  const begun = Date.now();
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      detached: true,
      stdio: ["ignore", show ? "inherit" : "pipe", show ? "inherit" : "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding("utf8").on("data", (chunk: string) => {
        output += chunk;
      });
    const end = (signal: NodeJS.Signals) => {
      try {
        process.kill(-child.pid!, signal);
      } catch {
        // It has ended.
      }
    };
    const kill = () => end("SIGTERM");
    running.add(kill);
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      end("SIGTERM");
      setTimeout(() => end("SIGKILL"), 15_000).unref();
    }, timeoutMs);
    const finish = (ok: boolean) => {
      clearTimeout(timer);
      running.delete(kill);
      resolve({ ok, seconds: Math.round((Date.now() - begun) / 100) / 10, output, timedOut });
    };
    child.once("error", (error) => {
      output += error.message;
      finish(false);
    });
    child.once("close", (code) => finish(code === 0 && !timedOut));
  });
}
