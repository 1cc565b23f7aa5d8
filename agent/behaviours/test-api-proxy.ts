import { createServer, type IncomingHttpHeaders } from "node:http";
import { Agent, request } from "node:https";
import type { AddressInfo } from "node:net";

/** One request as the API server got it. */
export type ApiCall = { method: string; path: string; query: URLSearchParams; at: number; userAgent: string };
/** An answer in place of the API server's. */
export type Answer = { status: number; headers?: Record<string, string>; body?: object };
type Intercept = (call: ApiCall, headers: IncomingHttpHeaders) => Answer | undefined;

/** A proxy before a real API server that notes every request, and answers in its place where told to. */
export type ApiProxy = Awaited<ReturnType<typeof startApiProxy>>;

/** Starts it on loopback; it speaks plain HTTP to its client and passes credentials on as they are. */
export async function startApiProxy(target: { server: string; caData: string }) {
  const upstream = new Agent({ ca: target.caData, keepAlive: true, maxSockets: 200 });
  const calls: ApiCall[] = [];
  const settings: { intercept: Intercept | undefined } = { intercept: undefined };
  const server = createServer((incoming, response) => {
    const url = new URL(incoming.url ?? "/", target.server);
    const call = {
      method: incoming.method ?? "GET",
      path: url.pathname,
      query: url.searchParams,
      at: Date.now(),
      userAgent: String(incoming.headers["user-agent"]),
    };
    calls.push(call);
    const instead = settings.intercept?.(call, incoming.headers);
    if (instead) {
      incoming.resume();
      const headers = { "content-type": "application/json", ...instead.headers };
      return void response.writeHead(instead.status, headers).end(JSON.stringify(instead.body ?? {}));
    }
    const { host: _, ...headers } = incoming.headers;
    const outgoing = request(url, { method: call.method, headers, agent: upstream }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
      answer.on("error", () => response.destroy());
    });
    outgoing.on("error", () => response.destroy());
    response.on("close", () => outgoing.destroy());
    incoming.pipe(outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const isWrite = ({ method, query, path }: ApiCall) =>
    method !== "GET" && !query.has("dryRun") && !path.includes("/authorization.k8s.io/");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    /** Requests that changed the cluster, or meant to: no reads, no dry runs, no questions of permission. */
    writes: (since = 0) => calls.filter((call) => call.at >= since && isWrite(call)),
    /** From now on, what this answers is said in the API server's place; undefined lets the request through. */
    intercept(with_: Intercept | undefined) {
      settings.intercept = with_;
    },
    async close() {
      server.closeAllConnections();
      upstream.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
