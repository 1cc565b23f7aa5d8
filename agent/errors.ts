import type { ObjectRef } from "../lib/protocol/object.ts";
import type { Stage } from "../lib/protocol/state.ts";

/**
 * What a stage of a reconcile throws; caught once, in `reconcile`, and shown on the environment's page.
 * The message is one sentence: what went wrong, with which file or object, and what to do next. It must
 * hold no secret value. `retry`: trying again may help; `stalled`: only a change of Git or cluster can.
 */
export class StageError extends Error {
  readonly stage: Stage;
  readonly reason: string;
  readonly next: "retry" | "stalled";
  readonly at: { file?: string; line?: number; ref?: ObjectRef };

  constructor(
    stage: Stage,
    reason: string,
    message: string,
    options: { next?: "retry" | "stalled"; at?: StageError["at"]; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = "StageError";
    this.stage = stage;
    this.reason = reason;
    this.next = options.next ?? "stalled";
    this.at = options.at ?? {};
  }
}
