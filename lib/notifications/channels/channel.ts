import type { AlertMessage } from "../message.ts";

/** How a delivery ended. `reason` is one sentence that names the receiver and the next step, and no secret. */
export type Sent =
  | { ok: true; thread: string | null }
  | { ok: false; reason: string; retryable: boolean; retryAfterMs?: number };

/**
 * Puts one message into one channel, once; whoever calls it tries again. `thread` is what an earlier message of
 * the same episode answered, where the channel has threads. Never throws for what the receiver says.
 */
export type Channel = {
  send(message: AlertMessage, thread: string | null): Promise<Sent>;
};
