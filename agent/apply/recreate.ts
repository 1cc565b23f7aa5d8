import { setTimeout as pause } from "node:timers/promises";
import { ApiError, nameOf } from "../cluster/index.ts";
import { StageError } from "../errors.ts";
import { type KubeObject, refOf } from "../object.ts";
import { deadlineMsOf, type Run } from "./run.ts";

const POLL_MS = 150;

/**
 * Removes the very object (UID) that was looked at, with all that it made, and waits until it is gone, so that
 * it can be made again. Throws StageError "wait" at the progress deadline.
 */
export async function removeForRecreation(run: Run, object: KubeObject, uid: string): Promise<void> {
  const { cluster, writes, input } = run;
  const ref = refOf(object);
  // Foreground: what it made goes first, and does not get in the way of what the new one makes under the same names.
  await writes.delete(ref, {
    ...{ propagationPolicy: "Foreground", preconditionsUid: uid },
    signal: input.signal,
  });
  const deadline = Date.now() + deadlineMsOf(input);
  for (let last = ""; ; ) {
    input.signal?.throwIfAborted();
    try {
      const left = await cluster.get(ref);
      if (!left || left.metadata.uid !== uid) return;
      last = stillThere(left);
    } catch (error) {
      if (!(error instanceof ApiError) || !error.retryable) throw error;
      last = error.message;
    }
    if (Date.now() > deadline)
      throw new StageError(
        "wait",
        "NotGone",
        `${nameOf(ref)} is being removed to be made again, and is still there at the progress deadline: ${last}. It is made again once it is gone.`,
        { next: "retry", at: { ref } },
      );
    await pause(POLL_MS, undefined, { signal: input.signal });
  }
}

function stillThere({ metadata }: KubeObject): string {
  const finalizers = Array.isArray(metadata.finalizers) ? metadata.finalizers.map(String) : [];
  return finalizers.length > 0
    ? `it waits for its finalizers (${finalizers.join(", ")})`
    : "it is being deleted";
}
