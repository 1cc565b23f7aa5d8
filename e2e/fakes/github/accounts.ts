import type { IncomingMessage, ServerResponse } from "node:http";
import { ApiFailure, type Host } from "./host.ts";
import { signInPage } from "./pages.ts";

/** The whole body of a request. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const OURS = new Set(["host", "connection", "content-length", "transfer-encoding", "accept-encoding"]);
const THEIRS = new Set(["content-length", "content-encoding", "transfer-encoding", "connection"]);

/** Signing in and accounts, as emulate answers them; tokens it gives out become known to the stand-in. */
export class Accounts {
  readonly #host: Host;
  readonly #url: string;

  constructor(host: Host, url: string) {
    this.#host = host;
    this.#url = url;
  }

  /** Hands a request on under `path` and its answer back. */
  async answer(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const headers = new Headers();
    for (const [key, value] of Object.entries(request.headers))
      if (typeof value === "string" && !OURS.has(key)) headers.set(key, value);
    let body = ["GET", "HEAD"].includes(request.method ?? "GET")
      ? undefined
      : (await readBody(request)).toString();
    if (path.startsWith("/login/oauth/access_token") && body !== undefined)
      body = withCredentials(headers, body);
    if (path.startsWith("/login/oauth/callback")) this.#assertSeeded(new URLSearchParams(body).get("login"));

    const answer = await fetch(new URL(path, this.#url), {
      method: request.method ?? "GET",
      headers,
      redirect: "manual",
      ...(body === undefined ? {} : { body }),
    });
    const content = Buffer.from(await answer.arrayBuffer());
    if (path.startsWith("/login/oauth/authorize?") && answer.ok) {
      // Emulate has checked the application; its own page would offer accounts that nobody seeded.
      const page = signInPage(this.#host.file.data.users, new URL(path, this.#url).searchParams);
      response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(page);
      return;
    }
    if (path.startsWith("/login/oauth/access_token")) await this.#rememberToken(content.toString());
    answer.headers.forEach((value, key) => {
      if (!THEIRS.has(key)) response.appendHeader(key, value);
    });
    response.writeHead(answer.status).end(content);
  }

  #assertSeeded(login: string | null) {
    if (!this.#host.file.data.users.some((user) => user.login === login))
      throw new ApiFailure(422, `Nobody called ${login} was seeded`);
  }

  async #rememberToken(text: string): Promise<void> {
    const token = text.startsWith("{")
      ? (JSON.parse(text) as { access_token?: string }).access_token
      : new URLSearchParams(text).get("access_token");
    if (!token) return;
    const who = await fetch(new URL("/user", this.#url), { headers: { authorization: `token ${token}` } });
    const { login } = (await who.json()) as { login: string };
    this.#host.file.data.tokens[token] = login;
    this.#host.file.save();
  }
}

/** GitHub takes an application's credentials as Basic authentication too; emulate reads them from the body only. */
function withCredentials(headers: Headers, body: string): string {
  const basic = /^Basic (.+)$/i.exec(headers.get("authorization") ?? "");
  if (!basic) return body;
  headers.delete("authorization");
  const [id = "", secret = ""] = Buffer.from(basic[1]!, "base64")
    .toString()
    .split(":")
    .map(decodeURIComponent);
  const form = new URLSearchParams(body);
  form.set("client_id", id);
  form.set("client_secret", secret);
  return form.toString();
}
