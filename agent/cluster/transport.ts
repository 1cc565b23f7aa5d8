import { Agent, type Dispatcher, ProxyAgent, request } from "undici";
import { ApiError, apiErrorOf } from "./api-error.ts";
import { CredentialSource, type Credentials } from "./credentials.ts";
import { type Asked, exchange } from "./exchange.ts";
import type { Endpoint } from "./kubeconfig.ts";
import { Pace } from "./pace.ts";
import { proxyFor } from "./proxy.ts";

/**
 * One request to the API server. `secret`: what a refusal quotes must not be passed on. `patient`: a server that
 * asks to be left alone for a while (429) is waited for in minutes, not in attempts.
 */
export type ApiRequest = {
  method?: "GET" | "POST" | "PATCH" | "DELETE";
  path: string;
  query?: Record<string, string | number | boolean | undefined>;
  body?: unknown;
  accept?: string;
  contentType?: string;
  headers?: Record<string, string>;
  secret?: boolean;
  patient?: boolean;
  /** Where its code alone says all that is asked, the body is not read: undefined. */
  bare?: (status: number) => boolean;
  signal?: AbortSignal;
};
export type ApiResponse = {
  status: number;
  body: unknown;
  bytes: number;
  headers: Record<string, string | string[] | undefined>;
};

const MAX_BODY_BYTES = 256 * 1024 * 1024;
const REQUEST_TIMEOUT_MS = 60_000;
/** Requests at once; more of them would only wait at the API server instead. Watches are not counted. */
const MOST_AT_ONCE = 16;
const THROTTLED_ATTEMPTS = 4;
const PATIENCE_MS = 3 * 60_000;
const LONGEST_RETRY_AFTER_MS = 15_000;

/** HTTP to one API server: kept-alive connections, current credentials, proxies, and 429/503 waited out. */
export class Transport {
  requests = 0;
  readonly answers = new Map<string, number>();
  readonly #endpoint: Endpoint;
  readonly #base: URL;
  readonly #proxy: string | undefined;
  readonly #credentials: CredentialSource;
  #dispatcher: Dispatcher | undefined;
  #tlsKey: string | undefined;
  readonly #pace = new Pace(MOST_AT_ONCE);

  constructor(endpoint: Endpoint, env: Readonly<Record<string, string | undefined>>) {
    this.#endpoint = endpoint;
    this.#base = new URL(endpoint.cluster.server);
    this.#credentials = new CredentialSource(endpoint);
    this.#proxy = endpoint.cluster.proxyUrl ?? proxyFor(this.#base, env);
  }

  /** Sends, reads the whole JSON body, and throws ApiError for anything but 2xx and 304. */
  async send(input: ApiRequest): Promise<ApiResponse> {
    const patientUntil = Date.now() + PATIENCE_MS;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#inTurn(input, attempt === 1);
      } catch (error) {
        const isLast = input.patient ? Date.now() > patientUntil : attempt >= THROTTLED_ATTEMPTS;
        if (!(error instanceof ApiError) || isLast || input.signal?.aborted) throw error;
        // A kept-alive connection that the server closed just then; an API server's POST is not ours to repeat.
        if (attempt === 1 && input.method !== "POST" && isReset(error)) continue;
        if (!isThrottled(error)) throw error;
        const wish = error.retryAfterMs ?? 1000 * 2 ** Math.min(attempt - 1, 4);
        await pause(Math.min(wish, LONGEST_RETRY_AFTER_MS) * (1 + Math.random() / 4), input.signal);
      }
    }
  }

  /** One attempt, when there is room for it; who is asked to come back later waits outside. */
  async #inTurn(input: ApiRequest, mayRenew: boolean): Promise<ApiResponse> {
    await this.#pace.enter(input.signal);
    let throttled = false;
    try {
      return await this.#once(input, mayRenew);
    } catch (error) {
      throttled = error instanceof ApiError && isThrottled(error);
      throw error;
    } finally {
      this.#pace.leave(throttled);
    }
  }

  async #once(input: ApiRequest, mayRenew: boolean): Promise<ApiResponse> {
    const { statusCode, headers, text } = await this.#answer(input, (asked, dispatcher) =>
      exchange(dispatcher, { ...asked, timeoutMs: REQUEST_TIMEOUT_MS, signal: input.signal }, refuseTooLarge),
    );
    if (statusCode === 401 && mayRenew) {
      this.#credentials.forget();
      return this.#once(input, false);
    }
    if (input.bare?.(statusCode)) return { status: statusCode, body: undefined, bytes: text.length, headers };
    const body = parseBody(text);
    if ((statusCode < 200 || statusCode > 299) && statusCode !== 304)
      throw apiErrorOf(statusCode, body, {
        secret: input.secret,
        retryAfter: header(headers, "retry-after"),
      });
    if (body === undefined && text.length > 0)
      throw new ApiError(
        statusCode,
        "NotKubernetes",
        `${this.#endpoint.cluster.server} does not answer like a Kubernetes API`,
      );
    return { status: statusCode, body, bytes: text.length, headers };
  }

  /** Opens a stream; `idleTimeoutMs` without a byte ends it with an error. */
  async stream(input: ApiRequest, idleTimeoutMs: number): Promise<AsyncIterable<Uint8Array>> {
    for (let renewed = false; ; renewed = true) {
      const response = await this.#answer(input, ({ origin, path, ...asked }, dispatcher) =>
        request(`${origin}${path}`, {
          ...asked,
          method: "GET",
          ...{ dispatcher, headersTimeout: idleTimeoutMs, bodyTimeout: idleTimeoutMs, signal: input.signal },
        }),
      );
      if (response.statusCode === 200) return response.body;
      const body = parseBody(await this.#text(response, input));
      if (response.statusCode !== 401 || renewed)
        throw apiErrorOf(response.statusCode, body, {
          secret: input.secret,
          retryAfter: header(response.headers, "retry-after"),
        });
      this.#credentials.forget();
    }
  }

  /** The connection's failure as ApiError with status 0; an abort stays what it is. */
  unreachable(error: unknown, signal?: AbortSignal): unknown {
    if (signal?.aborted || error instanceof ApiError || error instanceof RangeError) return error;
    const { code, message } = error as NodeJS.ErrnoException;
    return new ApiError(
      0,
      "Unreachable",
      `the API server ${this.#endpoint.cluster.server} does not answer (${code ?? message})`,
      { cause: error },
    );
  }

  async close(): Promise<void> {
    await this.#dispatcher?.destroy();
  }

  /** Asks with the credentials of now, and counts how that was answered. */
  async #answer<T extends { statusCode: number }>(
    input: ApiRequest,
    send: (asked: Omit<Asked, "timeoutMs" | "signal">, dispatcher: Dispatcher) => Promise<T>,
  ): Promise<T> {
    const credentials = await this.#credentials.current().catch((error: Error) => {
      throw new ApiError(0, "NoCredentials", error.message, { cause: error });
    });
    this.requests++;
    const method = input.method ?? "GET";
    const asked = {
      ...{ origin: this.#base.origin, path: this.#pathOf(input), method },
      headers: {
        accept: input.accept ?? "application/json",
        "user-agent": "plumbline-agent",
        ...(input.body === undefined ? {} : { "content-type": input.contentType ?? "application/json" }),
        ...credentials.headers,
        ...input.headers,
      },
      body: input.body === undefined ? undefined : JSON.stringify(input.body),
    };
    try {
      const response = await send(asked, this.#connection(credentials.tls));
      this.#answered(method, response.statusCode);
      return response;
    } catch (error) {
      this.#answered(method, 0);
      throw this.unreachable(error, input.signal);
    }
  }

  #answered(method: string, code: number): void {
    const key = `${method} ${code}`;
    this.answers.set(key, (this.answers.get(key) ?? 0) + 1);
  }

  #pathOf(input: ApiRequest): string {
    let query = "";
    for (const [name, value] of Object.entries(input.query ?? {}))
      if (value !== undefined && value !== "")
        query += `${query ? "&" : "?"}${name}=${encodeURIComponent(String(value))}`;
    return `${this.#base.pathname.replace(/\/$/, "")}${input.path}${query}`;
  }

  async #text(response: Dispatcher.ResponseData, input: ApiRequest): Promise<string> {
    try {
      const chunks: Uint8Array[] = [];
      let bytes = 0;
      for await (const chunk of response.body) {
        bytes += chunk.length;
        refuseTooLarge(bytes);
        chunks.push(chunk);
      }
      return Buffer.concat(chunks).toString("utf8");
    } catch (error) {
      throw this.unreachable(error, input.signal);
    }
  }

  /** One pool per TLS material: rotated certificates mean new connections, and the old ones may finish. */
  #connection(tls: Credentials["tls"]): Dispatcher {
    const key = JSON.stringify(tls);
    if (this.#dispatcher && key === this.#tlsKey) return this.#dispatcher;
    const { cluster } = this.#endpoint;
    const secured = {
      ...tls,
      rejectUnauthorized: !cluster.skipTLSVerify,
      ...(cluster.tlsServerName ? { servername: cluster.tlsServerName } : {}),
    };
    // TCP keep-alive finds dead peers between a watch's bookmarks.
    const connect = {
      ...secured,
      timeout: 10_000,
      keepAlive: true,
      keepAliveInitialDelay: 15_000,
      allowH2: false,
    };
    const old = this.#dispatcher;
    this.#dispatcher = this.#proxy
      ? new ProxyAgent({ uri: this.#proxy, requestTls: connect, allowH2: false })
      : new Agent({ connect, allowH2: false, keepAliveTimeout: 30_000 });
    this.#tlsKey = key;
    old?.close().catch(() => {});
    return this.#dispatcher;
  }
}

/** Only what the server asks to be repeated: it has not done anything then, whatever the method. */
function isThrottled(error: ApiError): boolean {
  return error.status === 429 || (error.status === 503 && error.retryAfterMs !== undefined);
}

function isReset(error: ApiError): boolean {
  const code = (error.cause as NodeJS.ErrnoException | undefined)?.code;
  return error.status === 0 && (code === "UND_ERR_SOCKET" || code === "ECONNRESET" || code === "EPIPE");
}

/** Waits, or throws as soon as the signal aborts. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, ms);
    signal?.addEventListener("abort", abort, { once: true });
  });
}

function refuseTooLarge(bytes: number): void {
  if (bytes > MAX_BODY_BYTES)
    throw new ApiError(0, "TooLarge", `an answer of the API server is larger than ${MAX_BODY_BYTES} bytes`);
}

function header(headers: ApiResponse["headers"], name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function parseBody(text: string): unknown {
  try {
    return text ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}
