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
        stack: error.stack,
      }),
    },
  });
  return logger;
}
