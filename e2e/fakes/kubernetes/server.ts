import type { IncomingMessage, ServerResponse } from "node:http";
import { gunzipSync } from "node:zlib";
import { type Answer, answer, send } from "./answer.ts";
import { discoveryAt } from "./discovery.ts";
import type { Identity } from "./identity.ts";
import type { JsonMap } from "./json.ts";
import { PROTOBUF } from "./protobuf.ts";
import { forbidden, isAllowed } from "./rbac.ts";
import { parsePath } from "./request-info.ts";
import { type Call, handleResource } from "./resource-handler.ts";
import type { ServerParts } from "./server-parts.ts";
import { ApiError, badRequest } from "./status.ts";

/** Answers one request; every failure becomes a Status. */
export async function handle(
  parts: ServerParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? "/", "http://localhost");
  const warnings: string[] = [];
  try {
    const identity = authenticate(parts, request);
    const path = url.pathname.length > 1 ? url.pathname.replace(/\/$/, "") : url.pathname;
    const info = parsePath(path);
    const isServed = info && parts.writes.registry.serves(info.group, info.version);
    if (info && isServed) {
      const mediaType = (request.headers["content-type"] ?? "application/json").split(";")[0]!.trim();
      const call: Call = {
        info,
        identity,
        url,
        method: request.method ?? "GET",
        accept: request.headers.accept ?? "",
        userAgent: request.headers["user-agent"] ?? "",
        mediaType: mediaType === PROTOBUF ? "application/json" : mediaType,
        body: readText(parts, mediaType, await readBody(request)),
        warn: (text) => warnings.push(text),
      };
      send(response, handleResource(parts, call), warnings);
      return;
    }
    const access = { verb: "get", group: "", resource: "", subresource: "", namespace: "", name: "", path };
    if (!isAllowed(parts.writes.store, identity, access)) throw forbidden(identity, access);
    send(response, answerPath(parts, path, request.headers.accept ?? ""), warnings);
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
    send(response, answer(known.code, known.toStatus()), warnings);
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

function readText(parts: ServerParts, mediaType: string, body: Buffer): string {
  if (mediaType !== PROTOBUF || body.length === 0) return body.toString("utf8");
  try {
    return JSON.stringify(parts.writes.conversion.protobuf.read(body));
  } catch (error) {
    throw badRequest(`cannot decode the request body: ${(error as Error).message}`);
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  return request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
}

/** What no group version serves is not even a Status. */
const NO_SUCH_PATH = answer(404, "404 page not found\n");

function answerPath(parts: ServerParts, path: string, accept: string): Answer {
  if (/^\/(healthz|livez|readyz)(\/|$)/.test(path)) return answer(200, "ok");
  if (path === "/version") return answer(200, parts.versionInfo);
  // As upstream: this one document calls itself plain text.
  if (path === "/openapi/v3") return answer(200, parts.openapi.index(), "text/plain; charset=utf-8");
  if (path === "/openapi/v2") {
    if (accept.includes("protobuf") && !accept.includes("json")) {
      throw new ApiError(
        406,
        "NotAcceptable",
        "only the following media types are accepted: application/json",
      );
    }
    return answer(200, parts.openapi.swagger());
  }
  if (path.startsWith("/openapi/v3/")) {
    const document = parts.openapi.document(path.slice("/openapi/v3/".length));
    if (!document) return NO_SUCH_PATH;
    return answer(200, document as unknown as JsonMap);
  }
  const found = discoveryAt(path, accept, parts.writes.registry);
  if (found) return answer(200, found.body, found.mediaType);
  if (path === "/")
    return answer(200, { paths: ["/api", "/apis", "/openapi/v2", "/openapi/v3", "/version"] });
  return NO_SUCH_PATH;
}
