import type { ErrorCode } from "./protocol/answer.ts";

/** A failure that its reader can act on: the message is shown to people as it is. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly details?: unknown;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; details?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.details = options.details;
  }
}

/** For `.catch`: what is not there becomes null, everything else is thrown on. */
export function missingAsNull(error: unknown): null {
  if (error instanceof AppError && error.code === "not-found") return null;
  throw error;
}
