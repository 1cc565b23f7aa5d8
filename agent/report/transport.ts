import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { Agent, type Dispatcher, EnvHttpProxyAgent, request } from "undici";
import { z } from "zod";
import { answerOf, type ErrorCode, Failure } from "../../lib/protocol/answer.ts";
import { type ManifestsRequest, type ReportsRequest, ReportsResponse } from "../../lib/protocol/report.ts";
import { type SessionRequest, SessionResponse } from "../../lib/protocol/session.ts";
import { AGENT_API } from "../../lib/protocol/version.ts";
import { trusted } from "./trusted.ts";

const compress = promisify(gzip);
/** The answer to manifests holds nothing the agent needs. */
const Anything = z.unknown().optional();

/** What a request came to: a dead, slow or angry server is a value, never a thrown error. */
export type Outcome<T> = { ok: true; data: T } | Failure;

/** The three requests and one stream that the agent makes of its control plane. */
export type Transport = {
  session(body: z.input<typeof SessionRequest>): Promise<Outcome<SessionResponse>>;
  reports(body: ReportsRequest): Promise<Outcome<ReportsResponse>>;
  manifests(body: ManifestsRequest): Promise<Outcome<unknown>>;
  /** Opens the stream of hints; its chunks arrive until it ends, fails, or `signal` fires. */
  hints(signal: AbortSignal): Promise<Outcome<AsyncIterable<Buffer>>>;
  close(): Promise<void>;
};

/** How the control plane is reached; `timeoutMs` bounds each request, but not the stream of hints. */
export type TransportOptions = {
  url: string;
  token: () => string;
  ca?: string;
  proxy?: { https?: string; http?: string; except?: string };
  timeoutMs?: number;
  agentVersion?: string;
};

/** Speaks the agent's protocol over HTTPS, through the proxy and with the certificate authority it is given. */
export function openTransport(options: TransportOptions): Transport {
  const dispatcher = dispatcherFor(options);
  const timeoutMs = options.timeoutMs ?? 30_000;
  const headers = () => ({
    authorization: `Bearer ${options.token()}`,
    "user-agent": `plumbline-agent/${options.agentVersion ?? "0"}`,
  });

  async function post<T extends z.ZodType>(
    path: string,
    body: unknown,
    data: T,
  ): Promise<Outcome<z.infer<T>>> {
    try {
      const response = await request(`${options.url}${AGENT_API}${path}`, {
        method: "POST",
        dispatcher,
        headers: { ...headers(), "content-type": "application/json", "content-encoding": "gzip" },
        // The quickest: the levels above it take several times as long for a tenth less.
        body: await compress(JSON.stringify(body), { level: 1 }),
        signal: AbortSignal.timeout(timeoutMs),
      });
      return answerFrom(response.statusCode, await response.body.text(), data);
    } catch (error) {
      return unreachable(error, options.url);
    }
  }

  return {
    session: (body) => post("/session", body, SessionResponse),
    reports: (body) => post("/reports", body, ReportsResponse),
    manifests: (body) => post("/manifests", body, Anything),
    async hints(signal) {
      try {
        const response = await request(`${options.url}${AGENT_API}/hints`, {
          dispatcher,
          headers: { ...headers(), accept: "text/event-stream" },
          signal,
          headersTimeout: timeoutMs,
          bodyTimeout: 0,
        });
        if (response.statusCode === 200) return { ok: true, data: response.body as AsyncIterable<Buffer> };
        return failureFrom(response.statusCode, await response.body.text());
      } catch (error) {
        return unreachable(error, options.url);
      }
    },
    close: () => dispatcher.destroy(),
  };
}

function dispatcherFor(options: TransportOptions): Dispatcher {
  const tls = options.ca ? { ca: trusted(options.ca) } : {};
  const { https, http, except } = options.proxy ?? {};
  if (!https && !http) return new Agent({ connect: { ...tls, timeout: 10_000 } });
  return new EnvHttpProxyAgent({
    httpsProxy: https ?? "",
    httpProxy: http ?? "",
    noProxy: except ?? "",
    connect: tls,
    requestTls: tls,
    proxyTls: tls,
  });
}

function answerFrom<T extends z.ZodType>(status: number, text: string, data: T): Outcome<z.infer<T>> {
  if (status >= 200 && status < 300) {
    const parsed = answerOf(data).safeParse(jsonOf(text));
    if (parsed.success) return parsed.data as Outcome<z.infer<T>>;
    return failure(
      "internal",
      `The control plane's answer (HTTP ${status}) is not one this agent understands.`,
    );
  }
  return failureFrom(status, text);
}

function failureFrom(status: number, text: string): Failure {
  const parsed = Failure.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  return failure(codeOf(status), `The control plane, or something before it, answered HTTP ${status}.`);
}

/** For answers that are not ours, such as a proxy's error page. */
function codeOf(status: number): ErrorCode {
  const known: Record<number, ErrorCode> = {
    400: "invalid",
    401: "unauthenticated",
    403: "forbidden",
    404: "not-found",
    409: "conflict",
    413: "too-large",
    429: "rate-limited",
  };
  return known[status] ?? (status >= 500 ? "unavailable" : "internal");
}

function unreachable(error: unknown, url: string): Failure {
  const { name, code, message } = error as Error & { code?: string };
  if (name === "TimeoutError")
    return failure("unavailable", `The control plane at ${url} did not answer in time.`);
  const untrusted = /CERT|SIGNED|ISSUER|ALTNAME/.test(code ?? "");
  const advice = untrusted ? " Put the certificate authority that signed it into PLUMBLINE_CA_FILE." : "";
  return failure(
    "unavailable",
    `The control plane at ${url} cannot be reached: ${code ?? message ?? name}.${advice}`,
  );
}

const failure = (code: ErrorCode, message: string): Failure => ({ ok: false, error: { code, message } });

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
