import type { KubeObject } from "../object.ts";
import { type JsonMap, mapOf, mapsOf, textOf } from "./health.ts";

/** One entry of `status.conditions`, with every part as text. */
export type Condition = {
  type: string;
  status: "True" | "False" | "Unknown";
  reason: string;
  message: string;
  /** Cluster API says with it how bad False is. */
  severity: string;
  /** The generation that it speaks of, where it says so. */
  observed: number | undefined;
};

/** An object's conditions, wherever its kind keeps them. */
export function conditionsOf(object: KubeObject): Condition[] {
  const status = mapOf(object.status);
  const lists = [status.conditions, mapOf(status.conditionedStatus).conditions];
  return lists
    .flatMap(mapsOf)
    .map(readCondition)
    .filter(({ type }) => type !== "");
}

/** Reads one condition; anything but True and False counts as Unknown. */
export function readCondition(entry: JsonMap): Condition {
  const status = textOf(entry.status).toLowerCase();
  return {
    type: textOf(entry.type),
    status: status === "true" ? "True" : status === "false" ? "False" : "Unknown",
    reason: textOf(entry.reason),
    message: textOf(entry.message),
    severity: textOf(entry.severity),
    observed: typeof entry.observedGeneration === "number" ? entry.observedGeneration : undefined,
  };
}

/** The last condition of a type; controllers that append put the newest last. */
export function findCondition(conditions: readonly Condition[], type: string): Condition | undefined {
  return conditions.findLast((condition) => condition.type === type);
}

/** A condition as a sentence: `Ready is False (Creating): waiting for the load balancer`. */
export function describe({ type, status, reason, message }: Condition): string {
  return `${type} is ${status}${reason ? ` (${reason})` : ""}${message ? `: ${message}` : ""}`;
}
