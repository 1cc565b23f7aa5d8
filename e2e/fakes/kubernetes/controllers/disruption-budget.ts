import { type KubeObject, mapAt } from "../json.ts";
import { selectsLabels } from "../selectors.ts";
import { type ControllerObjects, condition, namespaceOf } from "./objects.ts";
import { isReady } from "./pod.ts";

/** Counts the pods a budget is about, and how many of them may be disrupted now. */
export function reconcileDisruptionBudget(objects: ControllerObjects, budget: KubeObject): undefined {
  if (budget.metadata.deletionTimestamp) return;
  const pods = objects
    .list("/pods", namespaceOf(budget))
    .filter(({ metadata }) =>
      selectsLabels(mapAt(budget, "spec", "selector"), mapAt(metadata, "labels") ?? {}),
    );
  const healthy = pods.filter(isReady).length;
  const { minAvailable, maxUnavailable } = mapAt(budget, "spec") ?? {};
  const desired =
    maxUnavailable === undefined
      ? countOf(minAvailable ?? 1, pods.length)
      : Math.max(0, pods.length - countOf(maxUnavailable, pods.length));
  const allowed = pods.length === 0 ? 0 : Math.max(0, healthy - desired);
  const [status, reason] = allowed > 0 ? ["True", "SufficientPods"] : ["False", "InsufficientPods"];
  const { lastUpdateTime: _, ...allowance } = condition(
    budget,
    "DisruptionAllowed",
    status!,
    reason!,
    "",
    objects.writes.now,
  );
  objects.setStatus("policy/poddisruptionbudgets", budget, {
    conditions: [{ ...allowance, observedGeneration: budget.metadata.generation ?? 1 }],
    currentHealthy: healthy,
    desiredHealthy: desired,
    disruptionsAllowed: allowed,
    expectedPods: pods.length,
    observedGeneration: budget.metadata.generation ?? 1,
  });
  return undefined;
}

/** A number, or a percentage of `total`, rounded up. */
function countOf(value: unknown, total: number): number {
  if (typeof value === "string" && value.endsWith("%"))
    return Math.ceil((Number.parseInt(value, 10) * total) / 100);
  return Number(value);
}
