import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

/** How a program ended, and how long it took from start to exit. */
export type Ended = { code: number | null; stdout: string; stderr: string; ms: number };

/** Runs a program to its end; what it wrote is kept whole. */
export function runProgram(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    child.once("error", reject);
    child.once("close", (code) =>
      resolve({
        code,
        stdout: Buffer.concat(stdout).toString("utf8"),
        stderr: Buffer.concat(stderr).toString("utf8"),
        ms: performance.now() - started,
      }),
    );
  });
}

/** Megabytes (2^20) of a process as the kernel counts them. */
export type Memory = { resident: number; peak: number; anonymous: number };

/** What a process holds now, and the most that it ever held. */
export function memoryOf(pid: number): Memory {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const of = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(status)?.[1]) / 1024;
  return { resident: of("VmRSS"), peak: of("VmHWM"), anonymous: of("RssAnon") };
}
