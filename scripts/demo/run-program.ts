import { execFile } from "node:child_process";

/** Runs a program and answers what it wrote; throws with what it complained about. */
export function runProgram(
  command: string,
  args: string[],
  options: { stdin?: string; signal?: AbortSignal } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      command,
      args,
      { maxBuffer: 64 << 20, timeout: 60_000, signal: options.signal },
      (error, stdout, stderr) => {
        if (error) reject(new Error(`${command} ${args[0]}: ${stderr.trim() || error.message}`));
        else resolve(stdout);
      },
    );
    child.stdin?.on("error", () => {});
    child.stdin?.end(options.stdin ?? "");
  });
}
