import { nameOf } from "../cluster/index.ts";
import { type KubeObject, refOf } from "../object.ts";
import { applySetId, ENVIRONMENT_LABEL, environmentOf, PART_OF_LABEL } from "./inventory.ts";

/**
 * The sentence that refuses an object which is someone else's: two owners would undo each other for ever.
 * Another environment's is known by its label and our field manager; another tool's by the ApplySet convention
 * (KEP-3659), which forbids taking a member of another set.
 */
export function ownedElsewhere(observed: KubeObject, environment: string): string | undefined {
  const name = nameOf(refOf(observed));
  const owner = environmentOf(observed);
  if (owner === environment) return undefined;
  if (owner)
    return `${name} belongs to the environment "${owner}" already. Remove it from one of the two; or, where that environment is gone, remove the object's labels ${ENVIRONMENT_LABEL} and ${PART_OF_LABEL}.`;
  const set = observed.metadata.labels?.[PART_OF_LABEL];
  if (!set || set === applySetId(environment)) return undefined;
  return `${name} belongs to another ApplySet (${set.slice(0, 80)}), so another tool applies and prunes it. Remove it there, or, where that set is gone, remove the object's label ${PART_OF_LABEL}.`;
}
