import { healthy, type JsonMap, mapOf, progressing, type Rule, suspended } from "./health.ts";

const READY = [
  "readyReplicas",
  "availableReplicas",
  "updatedReadyReplicas",
  "updatedAvailableReplicas",
  "readyNodes",
  "availableNodes",
  "numberReady",
  "ready",
];
const WANTED = ["replicas", "nodes", "expectedNodes", "desiredNumberScheduled", "desiredReplicas", "size"];
const UPDATED = ["updatedReplicas", "updatedNumberScheduled"];

/** Workloads of all makes: so many replicas are asked for, so many updated, so many ready. */
export const byReplicas: Rule = (object) => {
  const spec = mapOf(object.spec);
  const status = mapOf(object.status);
  const wanted = firstNumber(spec, WANTED) ?? firstNumber(status, WANTED);
  const ready = firstNumber(status, READY);
  const updated = firstNumber(status, UPDATED);
  const total = firstNumber(status, WANTED);
  if (wanted === undefined && status.availableReplicas === 0) return progressing("No replica is available.");
  // Counters that are zero are often left out; another one has to tell that there are counters at all.
  if (wanted === undefined || (ready === undefined && updated === undefined)) return undefined;
  const rolling = mapOf(mapOf(spec.updateStrategy).rollingUpdate);
  const partition = typeof rolling.partition === "number" ? rolling.partition : 0;
  if (partition > 0 && (updated ?? 0) < wanted && (updated ?? 0) >= wanted - partition)
    return suspended(
      `${updated ?? 0} of ${wanted} replicas are updated; the partition of ${partition} holds the rest.`,
    );
  if (updated !== undefined && updated < wanted && partition === 0)
    return progressing(`${updated} of ${wanted} replicas are updated.`);
  if ((ready ?? 0) < wanted) return progressing(`${ready ?? 0} of ${wanted} replicas are ready.`);
  if (total !== undefined && total > wanted)
    return progressing(`${total - wanted} replicas are still to be removed.`);
  return healthy(`All ${wanted} replicas are ready.`);
};

function firstNumber(map: JsonMap, names: string[]): number | undefined {
  const name = names.find((one) => typeof map[one] === "number");
  return name === undefined ? undefined : (map[name] as number);
}
