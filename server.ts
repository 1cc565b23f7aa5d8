import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { checkDatabase, closeDatabase } from "#lib/db.ts";
import { type Env, env, setEnv } from "#lib/env.ts";
import { Listener } from "#lib/events.ts";
import { answerGateway } from "#lib/gateway/gateway.ts";
import { Streams } from "#lib/gateway/streams.ts";
import { startWorker, type Worker } from "#lib/jobs/worker.ts";
import { log } from "#lib/log.ts";
import { openMetricsPort } from "#lib/metrics/open-metrics-port.ts";
import { closeQueue } from "#lib/queue.ts";
import { ensureSetupLink } from "#lib/setup/setup-link.ts";
import packageJson from "./package.json" with { type: "json" };

export type RunningServer = {
  url: string;
  metricsPort: number | null;
  setupLink: string | null;
  stop: () => Promise<void>;
};

type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * Starts the roles of this process: web and gateway on one port, the worker without one. Resolves
 * once it answers. `stop` drains: no new requests, streams ended, running requests and jobs awaited.
 */
export async function startServer(config: Env): Promise<RunningServer> {
  setEnv(config);
  if (config.DATABASE_OWNER_URL) {
    const { migrate } = await import("#scripts/migrate.ts");
    await migrate(config.DATABASE_OWNER_URL, config.DATABASE_URL);
  }
  const has = (role: Env["PLUMBLINE_ROLES"][number]) => config.PLUMBLINE_ROLES.includes(role);
  const listener = new Listener(config.DATABASE_URL);
  const streams = new Streams(listener);
  if (has("gateway")) await listener.start();
  const pages = has("web") ? await preparePages(config) : null;
  const state = { ready: true };
  const answer = answerWith({
    streams: has("gateway") ? streams : null,
    pages: pages?.answer ?? null,
    state,
  });
  const server = createServer(
    { keepAliveTimeout: 75_000, headersTimeout: 20_000, requestTimeout: 120_000 },
    (request, response) => {
      answer(request, response).catch((err) => {
        log().error({ err }, "request failed");
        if (!response.headersSent) response.writeHead(500);
        response.end();
      });
    },
  );
  const worker: Worker | null = has("worker") ? await startWorker() : null;
  await listen(server, config);
  const metrics = config.METRICS_PORT === undefined ? null : await openMetrics(config, config.METRICS_PORT);
  const setupLink = has("web") ? await ensureSetupLink() : null;
  const { port } = server.address() as AddressInfo;
  log().info({ port, roles: config.PLUMBLINE_ROLES }, "plumbline is up");
  return {
    url: `http://${config.HOST.includes(":") ? `[${config.HOST}]` : config.HOST}:${port}`,
    metricsPort: metrics?.port ?? null,
    setupLink,
    stop: async () => {
      state.ready = false;
      const closed = new Promise((done) => server.close(done));
      streams.close();
      server.closeIdleConnections();
      const idle = setInterval(() => server.closeIdleConnections(), 100);
      const patience = setTimeout(() => server.closeAllConnections(), 15_000);
      await closed;
      clearInterval(idle);
      clearTimeout(patience);
      await worker?.stop();
      await metrics?.close();
      await listener.stop();
      await pages?.close();
      await closeQueue();
      await closeDatabase();
    },
  };
}

function answerWith(parts: {
  streams: Streams | null;
  pages: Answer | null;
  state: { ready: boolean };
}): Answer {
  return async (request, response) => {
    const path = (request.url ?? "/").split("?")[0];
    if (path === "/healthz") return say(response, 200, "ok");
    if (path === "/readyz") return ready(response, parts.state);
    request.headers["x-plumbline-address"] = request.socket.remoteAddress ?? "";
    if (parts.streams && (await answerGateway(request, response, parts.streams))) return;
    if (!parts.pages) return say(response, 404, "not found");
    response.setHeader("x-content-type-options", "nosniff");
    response.setHeader("referrer-policy", "strict-origin-when-cross-origin");
    response.setHeader("x-frame-options", "DENY");
    if (env().PLUMBLINE_URL.startsWith("https:"))
      response.setHeader("strict-transport-security", "max-age=31536000");
    await parts.pages(request, response);
  };
}

async function ready(response: ServerResponse, state: { ready: boolean }) {
  if (!state.ready) return say(response, 503, "stopping");
  try {
    await checkDatabase();
    say(response, 200, "ready");
  } catch (err) {
    log().warn({ err }, "not ready: the database does not answer");
    say(response, 503, "the database does not answer");
  }
}

function say(response: ServerResponse, status: number, text: string) {
  response
    .writeHead(status, { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" })
    .end(`${text}\n`);
}

async function preparePages({ HOST, PORT }: Env): Promise<{ answer: Answer; close: () => Promise<void> }> {
  const { default: next } = await import("next");
  const app = next({ dev: false, dir: import.meta.dirname, hostname: HOST, port: PORT });
  await app.prepare();
  const handle = app.getRequestHandler();
  return { answer: (request, response) => handle(request, response), close: () => app.close() };
}

function openMetrics({ METRICS_HOST: host, PLUMBLINE_ROLES: roles }: Env, port: number) {
  return openMetricsPort({ port, host, roles, version: packageJson.version });
}

function listen(server: Server, { HOST, PORT }: Env): Promise<void> {
  return new Promise((done, fail) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const taken = error.code === "EADDRINUSE";
      fail(taken ? new Error(`Port ${PORT} on ${HOST} is taken; set PORT to another one.`) : error);
    });
    server.listen(PORT, HOST, done);
  });
}

if (import.meta.main) {
  try {
    const server = await startServer(env());
    if (server.setupLink) console.log(`\nPlumbline: make the first account at\n  ${server.setupLink}\n`);
    let stopping = false;
    for (const signal of ["SIGINT", "SIGTERM"] as const)
      process.on(signal, () => {
        if (stopping) process.exit(1);
        stopping = true;
        log().info({ signal }, "stopping");
        server.stop().then(
          () => process.exit(0),
          () => process.exit(1),
        );
      });
  } catch (error) {
    console.error(`plumbline: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  }
}
