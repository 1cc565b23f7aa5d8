import { objectKey } from "../../lib/protocol/object.ts";
import { ApiError } from "../cluster/index.ts";
import { StageError } from "../errors.ts";
import { type DesiredObject, type KubeObject, refOf } from "../object.ts";
import { explained } from "./forbidden.ts";
import { FIELD_MANAGER } from "./inventory.ts";
import { removeForRecreation } from "./recreate.ts";
import { aside, note, type Run, SUSPENDED } from "./run.ts";
import { waitUntilUsable } from "./wait.ts";

/** Applies an object as the dry run foresaw it, and notes what became of it; answers why it failed. */
export async function applyOne(run: Run, { object, source }: DesiredObject): Promise<StageError | undefined> {
  if (run.input.paused?.()) return SUSPENDED;
  const ref = refOf(object);
  const effect = run.effects.get(objectKey(ref));
  try {
    run.input.signal?.throwIfAborted();
    if (effect?.action === "unchanged") {
      run.uids.add(effect.uid);
      note(run, ref, "unchanged");
      return undefined;
    }
    const before = effect ? undefined : (await run.cluster.get(ref))?.metadata.resourceVersion;
    run.written.set(objectKey(ref), { ref });
    if (effect?.action === "recreated") await aside(run, () => removeForRecreation(run, object, effect.uid));
    const result = await run.writes.apply(object, {
      fieldManager: FIELD_MANAGER,
      force: run.input.onConflict !== "refuse",
      signal: run.input.signal,
    });
    noteWritten(run, result);
    const action = effect?.action ?? actionOf(before, result.metadata.resourceVersion);
    note(run, ref, action, effect && "message" in effect ? effect.message : undefined);
    await waitUntilUsable(run.cluster, result, run.input.signal);
    return undefined;
  } catch (error) {
    if (run.input.signal?.aborted) {
      // The server may have taken what nobody waited for the answer to.
      if (run.written.has(objectKey(ref)) && !run.outcomes.has(objectKey(ref)))
        note(run, ref, "failed", "It was cut short while it was applied; whether it was, is looked at next.");
      throw error;
    }
    if (error instanceof ApiError && !error.retryable && effect?.action !== "recreated")
      run.written.delete(objectKey(ref));
    const told = await explained(run, "apply", error, ref);
    const at = { ...source, ref };
    const problem = new StageError(told.stage, told.reason, told.message, {
      ...{ next: told.next, at, cause: error },
    });
    note(run, ref, "failed", problem.message);
    return problem;
  }
}

function noteWritten(run: Run, result: KubeObject): void {
  const ref = refOf(result);
  const { uid, generation } = result.metadata;
  if (typeof uid === "string") run.uids.add(uid);
  run.written.set(objectKey(ref), {
    ref,
    ...(typeof uid === "string" && { uid }),
    ...(typeof generation === "number" && { generation }),
  });
}

/** For an object that no dry run could be asked about. */
function actionOf(before: unknown, after: unknown): "created" | "configured" | "unchanged" {
  return before === undefined ? "created" : before === after ? "unchanged" : "configured";
}
