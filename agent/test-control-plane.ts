import { createHash, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import type { Hint } from "../lib/protocol/hint.ts";
import { objectKey, type ResourceStatus } from "../lib/protocol/object.ts";
import {
  admitReport,
  ManifestsRequest,
  type Report,
  ReportsRequest,
  type Sync,
} from "../lib/protocol/report.ts";
import { SessionRequest } from "../lib/protocol/session.ts";

type Failing = { status: number; body: string } | "hang" | "reset";

/** What a control plane has recorded of one environment. */
export type Recorded = {
  last: { stream: string; sequence: number };
  report: Report;
  resources: Map<string, ResourceStatus>;
  reports: Report[];
};

/**
 * The smallest control plane that keeps the protocol's promises, for tests: it admits reports as `admitReport`
 * says, checks every body against the schemas, asks for manifests it lacks, and keeps all bytes it was sent.
 */
export async function startTestControlPlane(
  options: {
    token?: string;
    port?: number;
    maxRequestBytes?: number;
    /** Hears of each report with the `performance.now()` at which its request arrived. */
    onReport?: (report: Report, arrivedAt: number) => void;
  } = {},
) {
  const token = options.token ?? "test-token";
  const maxRequestBytes = options.maxRequestBytes ?? 4 * 1024 * 1024;
  const state = {
    token,
    maxRequestBytes,
    reportIntervalMs: 30_000,
    environments: new Map<string, Recorded>(),
    syncs: new Map<string, Sync>(),
    manifests: new Map<string, string>(),
    sessions: [] as SessionRequest[],
    /** All request bodies, unpacked. */
    bodies: [] as string[],
    failing: null as Failing | null,
    session: randomUUID() as string,
  };
  const streams = new Set<ServerResponse>();

  function record(report: Report) {
    for (const sync of report.syncs) if (!state.syncs.has(sync.id)) state.syncs.set(sync.id, sync);
    const before = state.environments.get(report.environment);
    const verdict = admitReport(before?.last ?? null, report);
    const status = verdict === "accept" ? "accepted" : verdict;
    if (verdict === "accept") {
      const resources =
        report.base === null ? new Map<string, ResourceStatus>() : (before?.resources ?? new Map());
      for (const key of report.removed) resources.delete(key);
      for (const one of report.resources) resources.set(objectKey(one.ref), one);
      const last = { stream: report.stream, sequence: report.sequence };
      const reports = [...(before?.reports ?? []), report];
      state.environments.set(report.environment, { last, report, resources, reports });
    }
    return { environment: report.environment, sequence: report.sequence, status };
  }

  function answer(path: string, body: string, arrivedAt: number): unknown {
    if (path.endsWith("/session")) {
      state.sessions.push(SessionRequest.parse(JSON.parse(body)));
      state.session = randomUUID();
      const acknowledged = Object.fromEntries(
        [...state.environments].map(([name, { last }]) => [name, last]),
      );
      const { session, reportIntervalMs } = state;
      return {
        session,
        clusterName: "test",
        reportIntervalMs,
        maxRequestBytes: state.maxRequestBytes,
        acknowledged,
      };
    }
    if (path.endsWith("/reports")) {
      const { session, reports } = ReportsRequest.parse(JSON.parse(body));
      if (session !== state.session) throw new Refusal(404, "not-found", "No such session.");
      for (const report of reports) options.onReport?.(report, arrivedAt);
      const results = reports.map(record);
      const lacking = new Set(
        reports.flatMap((report) =>
          report.resources.flatMap(({ desiredDigest, observedDigest }) =>
            [desiredDigest, observedDigest].filter((one) => one !== undefined && !state.manifests.has(one)),
          ),
        ),
      );
      return { results, lacking: [...lacking] };
    }
    const { manifests } = ManifestsRequest.parse(JSON.parse(body));
    for (const { digest, body: manifest } of manifests) {
      if (createHash("sha256").update(manifest).digest("hex") !== digest)
        throw new Refusal(400, "invalid", "A body is not what its digest says.");
      state.manifests.set(digest, manifest);
    }
    return {};
  }

  const server = createServer(async (request, response) => {
    const arrivedAt = performance.now();
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    const send = (status: number, body: unknown) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    const refuse = (status: number, code: string, message: string) =>
      send(status, { ok: false, error: { code, message } });
    if (state.failing === "hang") return;
    if (state.failing === "reset") return void request.socket.destroy();
    if (state.failing) return void response.writeHead(state.failing.status).end(state.failing.body);
    if (request.headers.authorization !== `Bearer ${state.token}`)
      return void refuse(401, "unauthenticated", "This token is not known.");
    if (path.endsWith("/hints")) {
      response.writeHead(200, { "content-type": "text/event-stream" }).write(": hello\n\n");
      streams.add(response);
      response.on("close", () => streams.delete(response));
      return;
    }
    const body = gunzipSync(await bytesOf(request)).toString("utf8");
    if (Buffer.byteLength(body) > state.maxRequestBytes) return void refuse(413, "too-large", "Too large.");
    state.bodies.push(body);
    try {
      send(200, { ok: true, data: answer(path, body, arrivedAt) });
    } catch (error) {
      if (error instanceof Refusal) refuse(error.status, error.code, error.message);
      else refuse(400, "invalid", (error as Error).message);
    }
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;

  return {
    ...{ url: `http://127.0.0.1:${port}`, port, state },
    hint(hint: Hint) {
      for (const stream of streams) stream.write(`data: ${JSON.stringify(hint)}\n\n`);
    },
    /** Writes anything into the streams of hints. */
    say(text: string) {
      for (const stream of streams) stream.write(text);
    },
    dropStreams() {
      for (const stream of streams) stream.destroy();
    },
    listeners: () => streams.size,
    async close() {
      for (const stream of streams) stream.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Polls until `probe` answers something truthy; fails with the last thing it saw when the time is over. */
export async function eventually<T>(
  probe: () => T | Promise<T>,
  timeoutMs = 30_000,
): Promise<NonNullable<T>> {
  const deadline = Date.now() + timeoutMs;
  let last: unknown;
  do {
    try {
      const value = await probe();
      if (value) return value as NonNullable<T>;
      last = value;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  } while (Date.now() < deadline);
  throw new Error(`It did not become true within ${timeoutMs} ms; last seen: ${String(last)}`);
}
