import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "./processes.ts";

/** Clones, edits one file, commits as `login` and pushes to main; answers the new SHA. */
export async function pushChange(change: {
  cloneUrl: string;
  login: string;
  token: string;
  file: string;
  edit: (text: string) => string;
  message: string;
}): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), "plumbline-push-"));
  const url = new URL(change.cloneUrl);
  url.username = change.login;
  url.password = change.token;
  const git = async (...args: string[]) => (await run(["git", ...args], { cwd: dir })).trim();
  try {
    await git("clone", "-q", url.href, ".");
    const before = readFileSync(join(dir, change.file), "utf8");
    const after = change.edit(before);
    if (after === before) throw new Error(`The edit changes nothing in ${change.file}.`);
    writeFileSync(join(dir, change.file), after);
    await git(
      "-c",
      `user.name=${change.login}`,
      "-c",
      `user.email=${change.login}@family-insurance.example`,
      "commit",
      "-qam",
      change.message,
    );
    await git("push", "-q", "origin", "HEAD:main");
    return await git("rev-parse", "HEAD");
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
