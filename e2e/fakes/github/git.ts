import { spawn } from "node:child_process";

/** What one Git command may be given besides its arguments. */
export interface GitOptions {
  input?: string | Buffer;
  env?: Record<string, string>;
  cwd?: string;
  /** Exit codes that are an answer and not a failure; 0 when left out. */
  okCodes?: number[];
}

/** Git's environment without anything of the person who runs it: no global config, no prompt. */
export function gitEnvironment(extra: Record<string, string> = {}): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH ?? "/usr/bin:/bin",
    HOME: "/nonexistent",
    LC_ALL: "C",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_TERMINAL_PROMPT: "0",
    ...extra,
  } as unknown as NodeJS.ProcessEnv;
}

/** Runs Git and answers its exit code and standard output; throws with standard error on any other code. */
export function runGit(args: string[], options: GitOptions = {}): Promise<{ code: number; stdout: Buffer }> {
  return new Promise((resolve, reject) => {
    const child = spawn("git", args, {
      env: gitEnvironment(options.env),
      stdio: ["pipe", "pipe", "pipe"],
      ...(options.cwd ? { cwd: options.cwd } : {}),
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    child.on("error", reject);
    // Git may answer before it has read everything; what it says is in its exit code.
    child.stdin.on("error", () => {});
    child.stdin.end(options.input ?? "");
    child.on("close", (code) => {
      if (code !== null && (options.okCodes ?? [0]).includes(code)) {
        resolve({ code, stdout: Buffer.concat(out) });
        return;
      }
      const said = Buffer.concat(err).toString().trim();
      reject(new Error(`git ${args.slice(0, 4).join(" ")} ended with ${code}: ${said}`));
    });
  });
}

/** Standard output of one successful Git command, without the last newline. */
export async function gitText(args: string[], options: GitOptions = {}): Promise<string> {
  return (await runGit(args, options)).stdout.toString().replace(/\n$/, "");
}
