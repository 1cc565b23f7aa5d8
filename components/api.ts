import type { ErrorCode } from "#lib/protocol/answer.ts";

/** What the control plane refused, in its own words. */
export class ApiError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  constructor(code: ErrorCode, message: string, status: number) {
    super(message);
    this.name = "ApiError";
    this.code = code;
    this.status = status;
  }
}

type Options = { method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE"; body?: unknown; signal?: AbortSignal };

/**
 * The only HTTP client of the browser; `T` is the verb's answer. Throws ApiError with a sentence for people, also
 * where there was no answer at all.
 */
export async function api<T>(path: string, options: Options = {}): Promise<T> {
  const response = await send(path, options);
  const answer: unknown = await response.json().catch(() => null);
  if (!response.ok || !isAnswer(answer)) throw refusalOf(answer, response);
  return answer.data as T;
}

function send(path: string, options: Options): Promise<Response> {
  return fetch(`/api${path}`, {
    method: options.method ?? "GET",
    headers: options.body === undefined ? {} : { "content-type": "application/json" },
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    ...(options.signal ? { signal: options.signal } : {}),
  }).catch((cause: unknown) => {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new ApiError(
      "unavailable",
      "Plumbline did not answer. What you see may be old; it will be asked again.",
      0,
    );
  });
}

/** Asks for JSON lines and hands them on as they come; throws ApiError like `api`. */
export async function* apiLines<T>(path: string, options: Options = {}): AsyncGenerator<T> {
  const response = await send(path, options);
  if (!response.ok || !response.body) throw refusalOf(await response.json().catch(() => null), response);
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  let rest = "";
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const lines = (rest + decoder.decode(part.value, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield JSON.parse(line) as T;
  }
}

function refusalOf(answer: unknown, response: Response): ApiError {
  if (isFailure(answer)) return new ApiError(answer.error.code, answer.error.message, response.status);
  const message = `Plumbline answered ${response.status} without saying why. Try again.`;
  return new ApiError("internal", message, response.status);
}

function isFailure(value: unknown): value is { ok: false; error: { code: ErrorCode; message: string } } {
  return (
    typeof value === "object" && value !== null && "ok" in value && value.ok === false && "error" in value
  );
}

function isAnswer(value: unknown): value is { ok: true; data: unknown } {
  return typeof value === "object" && value !== null && "ok" in value && value.ok === true && "data" in value;
}
