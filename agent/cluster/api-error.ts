import type { ObjectRef } from "../../lib/protocol/object.ts";
import type { Stage } from "../../lib/protocol/state.ts";
import { StageError } from "../errors.ts";

/** A field the API server refuses, as its Status names it. */
export type ApiCause = { field: string; message: string; reason: string };

/**
 * The API server's refusal, or (status 0) that it could not be reached. `message` quotes no value of a
 * Secret. `retryAfterMs` is the server's own wish.
 */
export class ApiError extends Error {
  readonly status: number;
  readonly reason: string;
  readonly causes: ApiCause[];
  readonly retryAfterMs: number | undefined;

  constructor(
    status: number,
    reason: string,
    message: string,
    options: { causes?: ApiCause[]; retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = "ApiError";
    this.status = status;
    this.reason = reason;
    this.causes = options.causes ?? [];
    this.retryAfterMs = options.retryAfterMs;
  }

  /** Whether the same request may succeed later without a change of Git or cluster. */
  get retryable(): boolean {
    return (
      this.status === 0 ||
      this.status === 408 ||
      this.status === 409 ||
      this.status === 429 ||
      this.status >= 500
    );
  }
}

const quoted = /"(?:[^"\\]|\\.)*"|`[^`]*`|'[^']*'/g;
/** `Invalid value: "…"` may quote a whole object, unbalanced quotes and all: cut up to the colon that ends it. */
const invalidValue =
  /((?:Invalid|Unsupported|Duplicate) value: ).*?(?=: (?!.*(?:Invalid|Unsupported|Duplicate) value)|$)/gs;
/** base64 or hexadecimal long enough to be a secret. */
const blob = /[A-Za-z0-9+/_-]{24,}={0,2}/g;

/** How structured merge quotes a value of the wrong type: in Go's own notation, to the end of the message. */
const goValue = /(\bexpected [^,]{1,100}, got )[\s\S]*|&(?:value\.|[{[(])[\s\S]*/g;
/** Numbers can be secrets, too: a PIN that YAML took for a number. */
const number = /\b\d[\d.]*\b/g;

/** The API server's words without the values they quote; for Secrets, where any of them may be one. */
export function withoutValues(message: string): string {
  return message
    .replace(goValue, "$1(hidden)")
    .replace(invalidValue, "$1(hidden)")
    .replace(quoted, "(hidden)")
    .replace(blob, "(hidden)")
    .replace(number, "(hidden)");
}

/** An object or list that is quoted whole, up to the colon before what is wrong with it. */
const quotedObject = /((?:Invalid|Unsupported|Duplicate) value: )[{[].*[}\]](?=: )/s;

/** What is wrong with one field, in one line, without the whole object that the API server may quote. */
export function briefly({ field, message }: ApiCause): string {
  const line = message.replace(quotedObject, "$1(as in Git)").split("\n")[0]?.trim() ?? "";
  const text = line.length > 400 ? `${line.slice(0, 399)}…` : line;
  return field ? `${field}: ${text}` : text;
}

/** Reads a `Status` body; `secret` strips what it quotes. */
export function apiErrorOf(
  status: number,
  body: unknown,
  options: { secret?: boolean; retryAfter?: string } = {},
): ApiError {
  const record = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  const details = (
    typeof record.details === "object" && record.details !== null ? record.details : {}
  ) as Record<string, unknown>;
  const text =
    typeof record.message === "string" && record.message
      ? record.message
      : `the API server answered ${status}`;
  const clean = (value: unknown) =>
    options.secret ? withoutValues(String(value ?? "")) : String(value ?? "");
  const causes = Array.isArray(details.causes)
    ? details.causes.slice(0, 50).map((cause: Record<string, unknown>) => ({
        field: String(cause?.field ?? ""),
        message: clean(cause?.message),
        reason: String(cause?.reason ?? ""),
      }))
    : [];
  const seconds = Number(options.retryAfter ?? details.retryAfterSeconds);
  return new ApiError(
    status,
    typeof record.reason === "string" && record.reason ? record.reason : reasonOf(status),
    clean(text).slice(0, 3000),
    {
      causes,
      retryAfterMs: Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined,
    },
  );
}

function reasonOf(status: number): string {
  const reasons: Record<number, string> = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    409: "Conflict",
    410: "Expired",
    413: "RequestEntityTooLarge",
    415: "UnsupportedMediaType",
    422: "Invalid",
    429: "TooManyRequests",
    503: "ServiceUnavailable",
    504: "Timeout",
  };
  return reasons[status] ?? (status >= 500 ? "InternalError" : "Unknown");
}

/** `Deployment shop/quotes`, as sentences name an object. */
export function nameOf(ref: Pick<ObjectRef, "kind" | "namespace" | "name">): string {
  return ref.namespace ? `${ref.kind} ${ref.namespace}/${ref.name}` : `${ref.kind} ${ref.name}`;
}

/** What became of an object, as the one sentence and reason that reports carry. */
export function toStageError(
  stage: Extract<Stage, "validate" | "apply" | "prune" | "wait">,
  error: unknown,
  ref: ObjectRef,
): StageError {
  if (error instanceof StageError) return error;
  const name = nameOf(ref);
  if (!(error instanceof ApiError))
    return new StageError(
      stage,
      "Failed",
      `${name} could not be processed: ${error instanceof Error ? error.message : "unknown failure"}`,
      {
        next: "retry",
        at: { ref },
        cause: error,
      },
    );
  const [reason, sentence] = verdictOn(error, name);
  return new StageError(stage, reason, sentence.slice(0, 4000), {
    next: error.retryable || error.status === 403 || error.status === 404 ? "retry" : "stalled",
    at: { ref },
    cause: error,
  });
}

/** The reason and the sentence for one refusal: what, which object, what to do next. */
function verdictOn(error: ApiError, name: string): [reason: string, sentence: string] {
  const fields = error.causes.filter((cause) => cause.field);
  const said = error.message.replace(/\.$/, "");
  if (error.status === 422 || error.reason === "Invalid") {
    const what = fields.map(briefly).join("; ") || said;
    return ["Invalid", `The API server refuses ${name}: ${what}. Correct it in Git.`];
  }
  if (error.causes.some((cause) => cause.reason === "NamespaceTerminating"))
    return ["NamespaceTerminating", `${name} must wait: its namespace is being deleted. It is tried again.`];
  // Access rules, quotas, policies and webhooks all answer 403, and only their words tell them apart.
  if (error.status === 403)
    return [
      "Forbidden",
      `The API server forbids ${name}: ${said}. Permit it in the cluster, or change it in Git.`,
    ];
  if (error.status === 409) return ["Conflict", `${name} changed meanwhile: ${said}. It is tried again.`];
  if (error.status === 404)
    return ["NotFound", `${name} has no place to go: ${said}. Add what it needs to Git, or create it.`];
  if (error.status === 0 || error.status >= 500 || error.status === 429)
    return ["Unavailable", `The API server did not take ${name}: ${said}. It is tried again.`];
  return ["Refused", `The API server refuses ${name}: ${said}. Correct it in Git.`];
}
