import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type Accounts, readBody } from "./accounts.ts";
import { findGitRequest, type GitRequest, serveGit } from "./git-http.ts";
import { ApiFailure, type Host } from "./host.ts";
import { repositoryJson } from "./json.ts";
import { commitPage, messagePage, pullPage, repositoryPage } from "./pages.ts";
import type { Answer } from "./routes.ts";
import { gitRoutes } from "./routes-git.ts";
import { addReview, mergePull, pullRoutes } from "./routes-pulls.ts";

/** A failure for tests: requests whose "METHOD /path" matches answer `status`, `times` times (once when left out). */
export interface FailureSwitch {
  route: RegExp | string;
  status: number;
  times?: number;
  headers?: Record<string, string>;
  message?: string;
}

// Pull routes first: `/commits/<ref>/status` is more than a commit.
const routes = [...pullRoutes, ...gitRoutes];

/** The one origin of the stand-in: Git, API, pages, and what emulate answers (sign-in, accounts). */
export class FrontDoor {
  readonly #host: Host;
  readonly #accounts: Accounts;
  readonly #log: (line: string) => void;
  readonly #failures: (FailureSwitch & { left: number })[] = [];

  constructor(options: { host: Host; accounts: Accounts; log: (line: string) => void }) {
    this.#host = options.host;
    this.#accounts = options.accounts;
    this.#log = options.log;
  }

  fail(failure: FailureSwitch): () => void {
    const one = { ...failure, left: failure.times ?? 1 };
    this.#failures.push(one);
    return () => {
      one.left = 0;
    };
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", this.#host.webUrl);
    try {
      await this.#dispatch(request, response, url);
    } catch (error) {
      const status = error instanceof ApiFailure ? error.status : 500;
      if (status === 500)
        this.#log(`GitHub stand-in: ${request.method} ${url.pathname}: ${(error as Error).stack}`);
      if (response.headersSent) response.destroy();
      else
        send(response, {
          status,
          body: { message: (error as Error).message, documentation_url: "https://docs.github.com/rest" },
        });
    }
  }

  async #dispatch(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const name = `${request.method} ${url.pathname}`;
    const failure = this.#failures.find(
      ({ route, left }) => left > 0 && (typeof route === "string" ? name.includes(route) : route.test(name)),
    );
    if (failure) {
      failure.left -= 1;
      const body = { message: failure.message ?? "The stand-in was told to fail" };
      return send(response, {
        status: failure.status,
        body,
        ...(failure.headers ? { headers: failure.headers } : {}),
      });
    }
    const git = findGitRequest(url);
    if (git) return this.#git(request, response, url, git);
    const path = url.pathname.replace(/^\/api\/v3(?=\/|$)/, "");
    const isApi = path !== url.pathname;
    if (!isApi) {
      const found = /^\/([\w.-]+)\/([\w.-]+)(?:\/(commit|pull)\/(\w+))?\/?$/.exec(path);
      const repository = found && this.#host.find(found[1]!, found[2]!);
      if (repository) return this.#page(request, response, repository, found[3], found[4]);
      // Signing in comes with an application's credentials and nobody's token.
      if (!path.startsWith("/login/")) this.#signedIn(request);
      return this.#accounts.answer(request, response, `${path}${url.search}`);
    }
    const login = this.#signedIn(request);
    const below = /^\/repos\/([\w.-]+)\/([\w.-]+)(\/.*)?$/.exec(path);
    if (below) return sendTagged(request, response, await this.#api(request, below, url, login));
    if (path === "/user/repos" || /^\/orgs\/[\w.-]+\/repos$/.test(path))
      return send(response, this.#repositories(login));
    return this.#accounts.answer(request, response, `${path}${url.search}`);
  }

  /** Whose token this is; null without one, and 401 for one that is unknown or revoked. */
  #signedIn(request: IncomingMessage): string | null {
    const given = request.headers.authorization;
    if (!given) return null;
    const [scheme, value] = given.split(" ") as [string, string | undefined];
    const token =
      scheme.toLowerCase() === "basic"
        ? Buffer.from(value ?? "", "base64")
            .toString()
            .replace(/^[^:]*:/, "")
        : value;
    const { tokens, revoked } = this.#host.file.data;
    if (!token || revoked.includes(token) || !Object.hasOwn(tokens, token))
      throw new ApiFailure(401, "Bad credentials");
    return tokens[token]!;
  }

  async #api(
    request: IncomingMessage,
    below: RegExpExecArray,
    url: URL,
    login: string | null,
  ): Promise<Answer> {
    const repository = this.#host.readable(below[1]!, below[2]!, login);
    const rest = below[3] ?? "";
    // A push that Git has finished may still be moving its pull request.
    await repository.idle();
    const text = (await readBody(request)).toString();
    let body: Record<string, unknown> = {};
    try {
      if (text) body = JSON.parse(text) as Record<string, unknown>;
    } catch {
      throw new ApiFailure(400, "Problems parsing JSON");
    }
    for (const { method, pattern, handle } of routes) {
      const found = method === request.method ? pattern.exec(rest) : null;
      if (!found) continue;
      const params = found.slice(1).map((part) => decodeURIComponent(part ?? ""));
      return handle({ host: this.#host, repository, params, query: url.searchParams, body, login });
    }
    this.#log(`GitHub stand-in: no route for ${request.method} ${rest}`);
    throw new ApiFailure(404, `Not Found: the stand-in does not serve ${request.method} ${rest}`);
  }

  #repositories(login: string | null): Answer {
    if (login === null) throw new ApiFailure(401, "Requires authentication");
    const all = Object.values(this.#host.file.data.repositories).map(
      ({ owner, name }) => this.#host.find(owner, name)!,
    );
    const seen = all.filter((repository) => this.#host.mayRead(repository, login));
    return { status: 200, body: seen.map((repository) => repositoryJson(this.#host, repository)) };
  }

  async #git(
    request: IncomingMessage,
    response: ServerResponse,
    url: URL,
    wanted: GitRequest,
  ): Promise<void> {
    const host = this.#host;
    try {
      const login = this.#signedIn(request);
      const repository = host.find(wanted.owner, wanted.name);
      // As GitHub does: whoever is nobody is asked who they are before learning what exists.
      if (login === null && (wanted.write || !repository || !host.mayRead(repository, null)))
        throw new ApiFailure(401, "Authentication required");
      if (!repository || !host.mayRead(repository, login)) throw new ApiFailure(404, "Repository not found.");
      if (wanted.write) host.assertWritable(repository, login);
      const dir = host.directory(repository.state.owner, repository.state.name);
      const serve = () =>
        serveGit(request, response, { dir, rest: wanted.rest, query: url.search.slice(1), login });
      await (wanted.rest === "/git-receive-pack" ? host.moveRefs(repository, login!, serve) : serve());
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      if (error.status === 401) response.setHeader("www-authenticate", 'Basic realm="GitHub"');
      response.writeHead(error.status, { "content-type": "text/plain" }).end(`${error.message}\n`);
    }
  }

  async #page(
    request: IncomingMessage,
    response: ServerResponse,
    repository: NonNullable<ReturnType<Host["find"]>>,
    kind?: string,
    id?: string,
  ): Promise<void> {
    const { git, state } = repository;
    const html = (status: number, text: string) =>
      void response.writeHead(status, { "content-type": "text/html; charset=utf-8" }).end(text);
    if (kind === "commit") {
      const sha = await git.findCommitSha(id!);
      if (!sha) return html(404, messagePage("No such commit"));
      const commit = await git.commit(sha);
      return html(200, commitPage(repository, commit, await git.diff(commit.parents[0], sha)));
    }
    const pull =
      kind === "pull" ? state.pulls.find((candidate) => candidate.number === Number(id)) : undefined;
    if (kind === "pull" && !pull) return html(404, messagePage("No such pull request"));
    if (!pull) {
      const head = await git.findCommitSha(state.defaultBranch);
      return html(200, repositoryPage(repository, head ? await git.log(["-50", head]) : []));
    }
    const logins = this.#host.file.data.users.map((user) => user.login);
    if (request.method === "POST") {
      const form = new URLSearchParams((await readBody(request)).toString());
      const login = form.get("login") ?? "";
      if (!logins.includes(login)) return html(400, messagePage("Nobody by that name"));
      const action = form.get("action");
      try {
        if (action === "merge") await mergePull(this.#host, repository, pull.number, login);
        else if (action === "approve") addReview(this.#host, pull, login, "APPROVED");
        else if (action === "close") this.#host.close(repository, login, pull);
      } catch (error) {
        if (!(error instanceof ApiFailure)) throw error;
        return html(error.status, messagePage(error.message));
      }
      return void response.writeHead(303, { location: request.url ?? "/" }).end();
    }
    const from = (await git.mergeBase(pull.baseSha, pull.headSha)) ?? pull.baseSha;
    const files = await git.diff(from, pull.headSha);
    const mergeable =
      pull.state !== "open" || (await git.mergeTree(pull.baseSha, pull.headSha)) !== undefined;
    return html(200, pullPage(repository, pull, { files, mergeable, logins }));
  }
}

/** What is read has a tag, and whoever has the answer of that tag already is told so, as GitHub does. */
function sendTagged(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  const tagged = request.method === "GET" && answer.status === 200;
  const etag = `W/"${createHash("sha256")
    .update(JSON.stringify(answer.body ?? null))
    .digest("hex")}"`;
  const headers = { ...answer.headers, ...(tagged ? { etag } : {}) };
  if (tagged && request.headers["if-none-match"] === etag) response.writeHead(304, headers).end();
  else send(response, { ...answer, headers });
}

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  const text = body === undefined ? "" : JSON.stringify(body);
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers }).end(text);
}
