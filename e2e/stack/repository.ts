import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { run } from "./processes.ts";
import type { Stack } from "./stack.ts";

/** What becomes of a file: its text, gone, or a symbolic link. */
export type FileChange = string | null | { link: string };

/** A repository of Family Insurance that a test fills by itself. */
export type TestRepository = {
  url: string;
  /** Commits to main and pushes; answers the new SHA and the second in which it was committed. */
  commit(message: string, files: Record<string, FileChange>): Promise<string>;
};

/** Creates a repository on the GitHub stand-in; carol commits to it. */
export async function createRepository(
  stack: Stack,
  name: string,
  options: { private?: boolean } = {},
): Promise<TestRepository> {
  await stack.github.createRepository("family-insurance", name, options);
  const cloneUrl = stack.github.cloneUrl("family-insurance", name);
  const push = new URL(cloneUrl);
  push.username = "carol";
  push.password = stack.github.tokenOf("carol");
  return {
    url: cloneUrl,
    async commit(message, files) {
      const dir = mkdtempSync(join(tmpdir(), "plumbline-commit-"));
      const git = async (...args: string[]) => (await run(["git", ...args], { cwd: dir })).trim();
      try {
        await git("clone", "-q", push.href, ".");
        await git("checkout", "-q", "-B", "main");
        for (const [path, change] of Object.entries(files)) write(join(dir, path), change);
        await git("add", "-A");
        const author = ["-c", "user.name=Carol Castro", "-c", "user.email=carol@family.example"];
        await git(...author, "commit", "-qm", message);
        await git("push", "-q", "origin", "main");
        return await git("rev-parse", "HEAD");
      } finally {
        rmSync(dir, { recursive: true, force: true });
      }
    },
  };
}

function write(file: string, change: FileChange): void {
  rmSync(file, { force: true, recursive: true });
  if (change === null) return;
  mkdirSync(dirname(file), { recursive: true });
  if (typeof change === "string") writeFileSync(file, change);
  else symlinkSync(change.link, file);
}
