import type { Problem } from "../../lib/protocol/report.ts";
import type { Stage } from "../../lib/protocol/state.ts";
import { StageError } from "../errors.ts";
import { clip } from "../report/shrink.ts";

/**
 * What a failed stage looks like on the environment's page. The same problem again keeps its `since`; an
 * error nobody foresaw is the given stage's, and says no more than its first line.
 */
export function problemOf(
  error: unknown,
  stage: Stage,
  before: Problem | null,
  now: Date,
  scrub: (text: string) => string,
): Problem {
  const known = error instanceof StageError ? error : null;
  const message = known
    ? known.message
    : `Something unforeseen went wrong: ${String((error as Error)?.message ?? error).split("\n", 1)[0]}. It is tried again.`;
  const problem: Omit<Problem, "since"> = {
    stage: known?.stage ?? stage,
    reason: clip(known?.reason ?? "Unforeseen", 63) ?? "Unforeseen",
    message: clip(scrub(message), 4000) ?? "",
    file: clip(known?.at.file, 1024),
    line: known?.at.line,
    ref: known?.at.ref,
    retryable: known ? known.next === "retry" : true,
  };
  const same = before !== null && before.stage === problem.stage && before.reason === problem.reason;
  return { ...problem, since: same ? before.since : now.toISOString() };
}
