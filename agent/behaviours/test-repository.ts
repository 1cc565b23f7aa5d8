import { mkdirSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { gitText } from "../../e2e/fakes/github/git.ts";
import { startGitServer } from "../test-git-server.ts";

const ada = {
  GIT_AUTHOR_NAME: "Ada",
  GIT_AUTHOR_EMAIL: "ada@example.com",
  GIT_COMMITTER_NAME: "Ada",
  GIT_COMMITTER_EMAIL: "ada@example.com",
};

/** A repository over HTTP that never blocks the process it is served by. */
export async function openRepository(folder: string) {
  mkdirSync(folder);
  const server = await startGitServer(folder);
  const cwd = join(folder, "work");
  /** Any Git command in the working copy. */
  const git = (...args: string[]) => gitText(args, { cwd, env: ada });
  return {
    ...{ url: server.url, setDown: server.setDown, close: server.close, git },
    /** Writes files (null removes one), commits on the branch that is checked out, pushes it; answers the revision. */
    async commit(files: Record<string, string | null>, message: string): Promise<string> {
      await Promise.all(
        Object.entries(files).map(async ([name, text]) => {
          if (text === null) return rm(join(cwd, name));
          await mkdir(dirname(join(cwd, name)), { recursive: true });
          await writeFile(join(cwd, name), text);
        }),
      );
      await git("add", "--all");
      await git("commit", "--quiet", "--allow-empty", "-m", message);
      await git("push", "--quiet", "--force", "origin", "HEAD");
      return git("rev-parse", "HEAD");
    },
  };
}
