import type { HealthStatus } from "../../lib/protocol/state.ts";
import type { Json, KubeObject } from "../object.ts";

/** Whether an object works, and the sentence that says why. */
export type Health = { status: HealthStatus; message: string };

/** Other objects that explain one: a Deployment's ReplicaSets and Pods. */
export type Related = {
  pods?: readonly KubeObject[];
  replicaSets?: readonly KubeObject[];
  /** `false` where the kind's definition has no status, so that nothing will ever report on it. */
  declaresStatus?: boolean;
};

/** One rule: a verdict, or `undefined` where it has nothing to say. */
export type Rule = (object: KubeObject, related: Related) => Health | undefined;

/** A JSON object. */
export type JsonMap = { [key: string]: Json };

/** A JSON object, or an empty one where there is none. */
export function mapOf(value: Json | undefined): JsonMap {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? (value as JsonMap) : {};
}

/** The items of a JSON list that are objects. */
export function mapsOf(value: Json | undefined): JsonMap[] {
  return Array.isArray(value)
    ? value.filter(
        (item): item is JsonMap => item !== null && typeof item === "object" && !Array.isArray(item),
      )
    : [];
}

/** A value as text; "" for what is no scalar. */
export function textOf(value: Json | undefined): string {
  return typeof value === "string"
    ? value
    : typeof value === "number" || typeof value === "boolean"
      ? String(value)
      : "";
}

/** A value as a number; `fallback` for what is none. */
export function numberOf(value: Json | undefined, fallback = 0): number {
  return typeof value === "number" ? value : fallback;
}

export const healthy = (message: string): Health => ({ status: "Healthy", message: clip(message) });
export const progressing = (message: string): Health => ({ status: "Progressing", message: clip(message) });
export const degraded = (message: string): Health => ({ status: "Degraded", message: clip(message) });
export const suspended = (message: string): Health => ({ status: "Suspended", message: clip(message) });
export const unknown = (message: string): Health => ({ status: "Unknown", message: clip(message) });

/** One line of at most 1,000 characters, as a report carries it. */
function clip(message: string): string {
  const line = message.replace(/\s+/g, " ").trim();
  return line.length > 1000 ? `${line.slice(0, 999)}…` : line;
}
