import { conditionsOf, describe, findCondition } from "./conditions.ts";
import { degraded, type JsonMap, mapOf, progressing, type Rule } from "./health.ts";

/** kstatus: an object that is being deleted is not at rest. */
export const whileDeleting: Rule = ({ metadata }) =>
  metadata?.deletionTimestamp ? progressing("It is being deleted.") : undefined;

/** kstatus: a status that speaks of an older generation says nothing of this one. */
export const whileNotObserved: Rule = ({ metadata, status }) => {
  const observed = observedGeneration(mapOf(status));
  const generation = metadata?.generation;
  if (observed === undefined || typeof generation !== "number" || observed >= generation) return undefined;
  return progressing(`Its controller has seen generation ${observed} and not yet ${generation}.`);
};

/** kstatus: the standard conditions Stalled and Reconciling. */
export const kstatusConditions: Rule = (object) => {
  const conditions = conditionsOf(object);
  const stalled = findCondition(conditions, "Stalled");
  if (stalled?.status === "True") return degraded(describe(stalled));
  const reconciling = findCondition(conditions, "Reconciling");
  const ready = findCondition(conditions, "Ready");
  // Flux keeps Reconciling while it retries what failed; its Ready says that it failed.
  if (reconciling?.status === "True" && ready?.status !== "False") return progressing(describe(reconciling));
  return undefined;
};

function observedGeneration(status: JsonMap): number | undefined {
  const value = status.observedGeneration;
  if (typeof value === "number") return value < 0 ? undefined : value;
  return typeof value === "string" && /^\d{1,9}$/.test(value) ? Number(value) : undefined;
}
