import { StageError } from "../errors.ts";
import { type DesiredObject, refOf } from "../object.ts";

/** An object that cannot be applied, and the sentence that says why. */
export type Refused = { is: "refused"; desired: DesiredObject; error: StageError };

/** Refuses an object before the API server is asked; only a change of Git or cluster can help. */
export function refuse(desired: DesiredObject, reason: string, message: string): Refused {
  const at = { ...desired.source, ref: refOf(desired.object) };
  return { is: "refused", desired, error: new StageError("validate", reason, message, { at }) };
}
