import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { gitEnvironment } from "../e2e/fakes/github/git.ts";
import { findGitRequest, serveGit } from "../e2e/fakes/github/git-http.ts";

/** A repository served over HTTP by Git's own backend, and its working copy to commit in. */
export async function startGitServer(folder: string) {
  const bare = join(folder, "served", "acme", "config.git");
  const work = join(folder, "work");
  mkdirSync(dirname(bare), { recursive: true });
  const env = gitEnvironment({
    GIT_AUTHOR_NAME: "Ada",
    GIT_AUTHOR_EMAIL: "ada@example.com",
    GIT_COMMITTER_NAME: "Ada",
    GIT_COMMITTER_EMAIL: "ada@example.com",
  });
  const git = (cwd: string, ...args: string[]) =>
    execFileSync("git", args, { cwd, env, encoding: "utf8" }).trim();
  git(folder, "init", "--quiet", "--bare", "--initial-branch=main", bare);
  git(bare, "config", "http.receivepack", "true");
  git(bare, "config", "uploadpack.allowAnySHA1InWant", "true");
  git(bare, "config", "uploadpack.allowFilter", "true");
  git(folder, "init", "--quiet", "--initial-branch=main", work);
  git(work, "remote", "add", "origin", bare);

  let down = false;
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    const found = findGitRequest(url);
    if (down || !found) return void response.writeHead(down ? 503 : 404).end();
    void serveGit(request, response, {
      dir: join(folder, "served", found.owner, `${found.name}.git`),
      rest: found.rest,
      query: url.search.slice(1),
      login: null,
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/acme/config`,
    /** Writes (null removes) and pushes; answers the new revision. */
    commit(files: Record<string, string | null>, message: string): string {
      for (const [name, text] of Object.entries(files)) {
        if (text === null) rmSync(join(work, name));
        else {
          mkdirSync(dirname(join(work, name)), { recursive: true });
          writeFileSync(join(work, name), text);
        }
      }
      git(work, "add", "--all");
      git(work, "commit", "--quiet", "-m", message);
      git(work, "push", "--quiet", "origin", "main");
      return git(work, "rev-parse", "HEAD");
    },
    setDown(value: boolean) {
      down = value;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
