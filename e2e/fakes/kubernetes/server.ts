import type { IncomingMessage, ServerResponse } from "node:http";
import { gunzipSync } from "node:zlib";
import { discoveryAt } from "./discovery.ts";
import type { Identity, Tokens } from "./identity.ts";
import type { JsonMap } from "./json.ts";
import type { OpenApi } from "./openapi.ts";
import { forbidden, isAllowed } from "./rbac.ts";
import { parsePath } from "./request-info.ts";
import { type Call, handleResource } from "./resource-handler.ts";
import { ApiError, noSuchResource } from "./status.ts";
import type { WatchTimes } from "./watches.ts";
import type { Writes } from "./writes.ts";

/** What the request handler serves from. */
export interface ServerParts {
  writes: Writes;
  openapi: OpenApi;
  tokens: Tokens;
  versionInfo: JsonMap;
  watchTimes: WatchTimes;
  log: (line: string) => void;
}

/** Answers one request; every failure becomes a Status. */
export async function handle(
  parts: ServerParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? "/", "http://localhost");
  const warnings: string[] = [];
  const reply = new Reply(request, response, warnings);
  try {
    const identity = authenticate(parts, request);
    const path = url.pathname.length > 1 ? url.pathname.replace(/\/$/, "") : url.pathname;
    const info = parsePath(path);
    if (info) {
      const call: Call = {
        info,
        identity,
        url,
        method: request.method ?? "GET",
        accept: request.headers.accept ?? "",
        userAgent: request.headers["user-agent"] ?? "",
        mediaType: (request.headers["content-type"] ?? "application/json").split(";")[0]!.trim(),
        body: await readBody(request),
        warn: (text) => warnings.push(text),
      };
      await handleResource(parts, call, reply);
      return;
    }
    const access = { verb: "get", group: "", resource: "", subresource: "", namespace: "", name: "", path };
    if (!isAllowed(parts.writes.store, identity, access)) throw forbidden(identity, access);
    answerPath(parts, path, request.headers.accept ?? "", reply);
  } catch (error) {
    if (response.headersSent) {
      parts.log(`a request failed while it was being answered: ${(error as Error).message}`);
      response.end();
      return;
    }
    if (!(error instanceof ApiError))
      parts.log(`${request.method} ${url.pathname}: ${(error as Error).stack}`);
    const known =
      error instanceof ApiError ? error : new ApiError(500, "InternalError", (error as Error).message);
    reply.json(known.code, known.toStatus());
  }
}

/** Writes one answer, compressed when the client takes it. */
export class Reply {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly #warnings: string[];

  constructor(request: IncomingMessage, response: ServerResponse, warnings: string[]) {
    this.request = request;
    this.response = response;
    this.#warnings = warnings;
  }

  json(code: number, body: JsonMap, mediaType = "application/json"): void {
    const warning = [...new Set(this.#warnings)].map((text) => `299 - ${JSON.stringify(text)}`);
    if (warning.length > 0) this.response.setHeader("Warning", warning);
    this.response.writeHead(code, { "content-type": mediaType, "cache-control": "no-cache, private" });
    this.response.end(JSON.stringify(body));
  }

  text(code: number, body: string): void {
    this.response.writeHead(code, { "content-type": "text/plain; charset=utf-8" });
    this.response.end(body);
  }
}

function authenticate(parts: ServerParts, request: IncomingMessage): Identity {
  const header = request.headers.authorization;
  if (!header) return { user: "system:anonymous", groups: ["system:unauthenticated"] };
  const token = /^Bearer (\S+)$/i.exec(header)?.[1];
  const identity = token && parts.tokens.identify(token, parts.writes.store);
  if (!identity) throw new ApiError(401, "Unauthorized", "Unauthorized");
  return identity;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  return (request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body).toString("utf8");
}

function answerPath(parts: ServerParts, path: string, accept: string, reply: Reply): void {
  if (/^\/(healthz|livez|readyz)(\/|$)/.test(path)) return reply.text(200, "ok");
  if (path === "/version") return reply.json(200, parts.versionInfo);
  if (path === "/openapi/v3") return reply.json(200, parts.openapi.index());
  if (path === "/openapi/v2") {
    if (accept.includes("protobuf") && !accept.includes("json")) {
      throw new ApiError(
        406,
        "NotAcceptable",
        "only the following media types are accepted: application/json",
      );
    }
    return reply.json(200, parts.openapi.swagger());
  }
  if (path.startsWith("/openapi/v3/")) {
    const document = parts.openapi.document(path.slice("/openapi/v3/".length));
    if (!document) throw noSuchResource();
    return reply.json(200, document as unknown as JsonMap);
  }
  const found = discoveryAt(path, accept, parts.writes.registry);
  if (found) return reply.json(200, found.body, found.mediaType);
  if (path === "/")
    return reply.json(200, { paths: ["/api", "/apis", "/openapi/v2", "/openapi/v3", "/version"] });
  throw noSuchResource();
}
