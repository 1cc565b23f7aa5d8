import { spawn } from "node:child_process";
import type { IncomingMessage, ServerResponse } from "node:http";
import { gitEnvironment } from "./git.ts";

/** A request of Git's smart HTTP protocol: which repository, and whether it wants to write. */
export interface GitRequest {
  owner: string;
  name: string;
  /** What follows the repository in the path. */
  rest: string;
  write: boolean;
}

const PATTERN =
  /^\/([\w.-]+)\/([\w.-]+?)(?:\.git)?(\/info\/refs|\/git-upload-pack|\/git-receive-pack|\/HEAD|\/objects\/.+)$/;

/** Reads a URL as a Git request, or undefined when it is none. */
export function findGitRequest(url: URL): GitRequest | undefined {
  const found = PATTERN.exec(decodeURIComponent(url.pathname));
  if (!found || url.pathname.includes("..")) return undefined;
  const [, owner, name, rest] = found as unknown as [string, string, string, string];
  if (rest === "/info/refs" && !url.searchParams.get("service")?.startsWith("git-")) return undefined;
  const write = rest === "/git-receive-pack" || url.searchParams.get("service") === "git-receive-pack";
  return { owner, name, rest, write };
}

const header = (request: IncomingMessage, name: string) => {
  const value = request.headers[name];
  return typeof value === "string" ? value : "";
};

/** Answers one Git request with Git's own `http-backend`; resolves when the answer is complete. */
export function serveGit(
  request: IncomingMessage,
  response: ServerResponse,
  options: { dir: string; rest: string; query: string; login: string | null },
): Promise<void> {
  return new Promise((resolve) => {
    const child = spawn("git", ["http-backend"], {
      stdio: ["pipe", "pipe", "ignore"],
      env: gitEnvironment({
        GIT_PROJECT_ROOT: options.dir,
        PATH_INFO: options.rest,
        GIT_HTTP_EXPORT_ALL: "1",
        REQUEST_METHOD: request.method ?? "GET",
        QUERY_STRING: options.query,
        CONTENT_TYPE: header(request, "content-type"),
        CONTENT_LENGTH: header(request, "content-length"),
        HTTP_CONTENT_ENCODING: header(request, "content-encoding"),
        GIT_PROTOCOL: header(request, "git-protocol"),
        REMOTE_ADDR: "127.0.0.1",
        ...(options.login ? { REMOTE_USER: options.login } : {}),
      }),
    });
    child.stdin.on("error", () => {});
    request.pipe(child.stdin);
    let head: Buffer | undefined = Buffer.alloc(0);
    child.stdout.on("data", (chunk: Buffer) => {
      if (head === undefined) {
        response.write(chunk);
        return;
      }
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf("\r\n\r\n");
      if (end < 0) return;
      let status = 200;
      for (const line of head.subarray(0, end).toString().split("\r\n")) {
        const [key, value] = [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()];
        if (key.toLowerCase() === "status") status = Number.parseInt(value, 10);
        else response.setHeader(key, value);
      }
      response.writeHead(status);
      response.write(head.subarray(end + 4));
      head = undefined;
    });
    child.on("error", () => child.stdout.destroy());
    response.on("close", () => {
      if (!response.writableFinished) child.kill();
    });
    child.on("close", () => {
      if (head !== undefined) response.writeHead(500);
      response.end(resolve);
      if (response.destroyed) resolve();
    });
  });
}
