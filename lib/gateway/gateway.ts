import type { IncomingMessage, ServerResponse } from "node:http";
import { failureOf } from "../http/respond.ts";
import { measureRequest, measureWebhook } from "../metrics/measure.ts";
import { AGENT_API } from "../protocol/version.ts";
import { answerAgent } from "./agent-routes.ts";
import type { Streams } from "./streams.ts";
import { answerWebhook } from "./webhooks.ts";

/** Answers the paths that are the gateway's; false where this is none of them. */
export async function answerGateway(
  request: IncomingMessage,
  response: ServerResponse,
  streams: Streams,
): Promise<boolean> {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://gateway");
  const mine =
    pathname.startsWith("/api/agent/") || pathname === "/api/events" || pathname === "/api/webhooks/github";
  if (!mine) return false;
  const measured = measureRequest(pathname, response);
  try {
    if (pathname === `${AGENT_API}/hints`) {
      await streams.hints(request, response);
      measured.streaming("agent");
    } else if (pathname === "/api/events") {
      await streams.events(request, response, {
        organization: searchParams.get("organization") ?? "",
        since: Number(searchParams.get("since") ?? Number.NaN),
      });
      measured.streaming("browser");
    } else if (pathname === "/api/webhooks/github")
      send(request, response, 202, { ok: true, data: await measureWebhook(() => answerWebhook(request)) });
    else send(request, response, 200, { ok: true, data: await answerAgent(request, pathname) });
  } catch (error) {
    if (response.headersSent) {
      response.destroy();
      return true;
    }
    const { status, body } = failureOf(error);
    send(request, response, status, body);
  }
  return true;
}

function send(request: IncomingMessage, response: ServerResponse, status: number, body: unknown) {
  const bytes = Buffer.from(JSON.stringify(body));
  // An unread rest of a refused body would stand before the next request on this connection.
  const unread = !request.complete;
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": bytes.length,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    ...(unread ? { connection: "close" } : {}),
  });
  response.end(bytes);
  if (unread) request.resume();
}
