import { type Logger, pino } from "pino";
import { env } from "./env.ts";

const secretKeys = [
  "token",
  "password",
  "secret",
  "authorization",
  "cookie",
  "tokenEncrypted",
  "passwordHash",
];

let logger: Logger | undefined;

/** The process's structured log; values under the names of secrets are never written. */
export function log(): Logger {
  logger ??= pino({
    level: env().LOG_LEVEL,
    base: null,
    redact: { paths: secretKeys.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: "[redacted]" },
    serializers: {
      // A driver's error carries the query and its parameters; only what happened is for the log.
      err: (error: Error & { code?: unknown }) => ({
        name: error.name,
        code: error.code,
        message: error.message,
        cause: error.cause instanceof Error ? error.cause.message : undefined,
        stack: error.stack,
      }),
    },
  });
  return logger;
}

/** Makes a reporter of failures that come in swarms: each kind at most every half minute. */
export function occasionally(write: (err: unknown) => void, everyMs = 30_000): (err: unknown) => void {
  const last = new Map<unknown, number>();
  return (err) => {
    const kind = (err as { code?: unknown })?.code ?? (err as Error)?.name;
    const now = Date.now();
    if (now - (last.get(kind) ?? -everyMs) < everyMs) return;
    last.set(kind, now);
    write(err);
  };
}
