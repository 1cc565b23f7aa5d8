import { z } from "zod";

/** Error codes on every wire of ours; one mapping to HTTP status in `lib/http`. */
export const ErrorCode = z.enum([
  "invalid",
  "unauthenticated",
  "forbidden",
  "not-found",
  "conflict",
  "too-large",
  "rate-limited",
  "unsupported",
  "unavailable",
  "internal",
]);
export type ErrorCode = z.infer<typeof ErrorCode>;

export const Failure = z.object({
  ok: z.literal(false),
  error: z.object({ code: ErrorCode, message: z.string(), details: z.json().optional() }),
});
export type Failure = z.infer<typeof Failure>;

/** `{ok: true, data}` or `{ok: false, error}`: a dead or angry server is a value, never a crash. */
export function answerOf<T extends z.ZodType>(data: T) {
  return z.discriminatedUnion("ok", [z.object({ ok: z.literal(true), data }), Failure]);
}
