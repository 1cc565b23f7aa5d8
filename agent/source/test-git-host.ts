import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** For tests: repositories in a temporary folder, served by Git's own `git http-backend` on loopback. */
export async function openTestGitHost(PATH: string = "/usr/local/bin:/usr/bin:/bin") {
  const folder = mkdtempSync(join(tmpdir(), "plumbline-git-"));
  const env = {
    PATH,
    HOME: folder,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_AUTHOR_NAME: "Ann Ames",
    GIT_AUTHOR_EMAIL: "ann@example.com",
    GIT_COMMITTER_NAME: "Ann Ames",
    GIT_COMMITTER_EMAIL: "ann@example.com",
  } as unknown as NodeJS.ProcessEnv;
  const git = (repository: string, ...args: string[]) =>
    execFileSync("git", ["-C", join(folder, repository), ...args], {
      env,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();

  const state = {
    requests: [] as { url: string; authorization: string | undefined }[],
    /** Speaks the protocol of servers that hand out nothing but what their refs name. */
    protocol0: false,
    password: undefined as string | undefined,
    answer: undefined as ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined,
  };
  const server = createServer((request, response) => {
    state.requests.push({ url: request.url ?? "", authorization: request.headers.authorization });
    if (state.answer?.(request, response)) return;
    const expected = `Basic ${Buffer.from(`reader:${state.password}`).toString("base64")}`;
    if (state.password !== undefined && request.headers.authorization !== expected) {
      response.writeHead(401, { "www-authenticate": 'Basic realm="git"' }).end();
      return;
    }
    if (state.protocol0) delete request.headers["git-protocol"];
    backend(PATH, folder, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;

  return Object.assign(state, {
    folder,
    port,
    git,
    url: (repository: string) => `http://127.0.0.1:${port}/${repository}`,
    /** Creates a repository whose branch is `main`. */
    create(repository: string, files: Record<string, string> = {}): string {
      mkdirSync(join(folder, repository), { recursive: true });
      git(repository, "init", "--quiet", "--initial-branch=main");
      git(repository, "config", "receive.denyCurrentBranch", "ignore");
      return this.commit(repository, files);
    },
    /** Writes files (`-> target` makes a symbolic link), commits, and gives the revision. */
    commit(repository: string, files: Record<string, string>, subject = "Change"): string {
      for (const [name, content] of Object.entries(files)) {
        const path = join(folder, repository, name);
        mkdirSync(dirname(path), { recursive: true });
        rmSync(path, { force: true });
        if (content.startsWith("-> ")) symlinkSync(content.slice(3), path);
        else writeFileSync(path, content);
      }
      git(repository, "add", "--all");
      git(repository, "commit", "--quiet", "--allow-empty", "--message", subject);
      return git(repository, "rev-parse", "HEAD");
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  });
}

function backend(PATH: string, folder: string, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? "/", "http://localhost");
  const child = spawn("git", ["http-backend"], {
    env: {
      PATH,
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: "1",
      PATH_INFO: decodeURIComponent(url.pathname),
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method ?? "GET",
      CONTENT_TYPE: request.headers["content-type"] ?? "",
      HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
      GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
      REMOTE_ADDR: "127.0.0.1",
    } as unknown as NodeJS.ProcessEnv,
    stdio: ["pipe", "pipe", "ignore"],
  });
  request.pipe(child.stdin);
  child.stdin.on("error", () => {});
  let head = Buffer.alloc(0);
  let begun = false;
  child.stdout.on("data", (chunk: Buffer) => {
    if (begun) return void response.write(chunk);
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf("\r\n\r\n");
    if (end < 0) return;
    begun = true;
    let status = 200;
    for (const line of head.subarray(0, end).toString("latin1").split("\r\n")) {
      const [name, value] = line.split(": ") as [string, string];
      if (name === "Status") status = Number.parseInt(value, 10);
      else response.setHeader(name, value);
    }
    response.writeHead(status);
    response.write(head.subarray(end + 4));
  });
  child.on("close", () => response.end());
}
