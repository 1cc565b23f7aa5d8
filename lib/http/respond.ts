import { ZodError } from "zod";
import { AppError } from "../errors.ts";
import { log } from "../log.ts";
import type { ErrorCode, Failure } from "../protocol/answer.ts";

const statuses: Record<ErrorCode, number> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  "not-found": 404,
  conflict: 409,
  "too-large": 413,
  "rate-limited": 429,
  unsupported: 404,
  unavailable: 503,
  internal: 500,
};

/** The one mapping of errors to HTTP: what we know speaks for itself, anything else is logged and kept to ourselves. */
export function failureOf(error: unknown): { status: number; body: Failure } {
  const known = error instanceof ZodError ? invalid(error) : error;
  if (known instanceof AppError) {
    const { code, message, details } = known;
    if (statuses[code] >= 500) log().error({ err: known }, "request failed");
    const extra = details === undefined ? {} : { details: details as never };
    return { status: statuses[code], body: { ok: false, error: { code, message, ...extra } } };
  }
  log().error({ err: error }, "request failed");
  const message = "Something failed on our side; it is in the server's log. Trying again may help.";
  return { status: 500, body: { ok: false, error: { code: "internal", message } } };
}

/** What is wrong with an input: each field by its path, in words, without its value. */
export function invalid(error: ZodError): AppError {
  const fields = error.issues
    .slice(0, 10)
    .map((issue) => ({ path: issue.path.map(String).join("."), message: issue.message }));
  const text = fields.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join("; ");
  return new AppError("invalid", text, { details: { fields } });
}
