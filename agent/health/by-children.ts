import type { KubeObject } from "../object.ts";
import { judge } from "./by-conditions.ts";
import { wordsOf } from "./by-words.ts";
import { readCondition } from "./conditions.ts";
import { degraded, type Health, type JsonMap, mapOf, mapsOf, textOf } from "./health.ts";
import { worstOf } from "./words.ts";

/** What was, or was asked for, says nothing of what is. */
const NOT_NOW =
  /^(conditions|spec|history|metadata|template)$|history|previous|^last(?!Operation$)|applied|desired|old|snapshot|metricResults|measurements|upgrade/i;
const MOST = 500;

/** The worst of the parts that a status lists (ancestors, components, brokers, clusters), each judged by its own conditions and words. */
export function childrenHealth(object: KubeObject): Health | undefined {
  const found: Health[] = [];
  const status = mapOf(object.status);
  for (const field of Object.keys(status))
    if (!NOT_NOW.test(field)) visit(object, field, status[field], 0, found);
  return worstOf(found);
}

function visit(object: KubeObject, name: string, value: unknown, depth: number, found: Health[]): void {
  if (value === null || typeof value !== "object" || depth > 2 || found.length > MOST) return;
  if (Array.isArray(value)) {
    for (const item of mapsOf(value).slice(0, MOST)) visit(object, nameOf(item, name), item, depth, found);
    return;
  }
  const map = value as JsonMap;
  const conditions = mapsOf(map.conditions).map(readCondition);
  const health =
    judge(conditions, object.metadata?.generation) ?? wordsOf(object.kind, map) ?? notApplied(map);
  if (health) found.push({ status: health.status, message: `${name}: ${health.message}` });
  else
    for (const key of Object.keys(map).slice(0, MOST))
      if (!NOT_NOW.test(key)) visit(object, key, map[key], depth + 1, found);
}

function notApplied(map: JsonMap): Health | undefined {
  return map.applied === false ? degraded("It is not applied.") : undefined;
}

function nameOf(item: JsonMap, fallback: string): string {
  const reference = mapOf(item.ancestorRef ?? item.parentRef ?? item.ref);
  return (
    textOf(item.name) || textOf(reference.name) || textOf(item.clusterName) || textOf(item.branch) || fallback
  );
}
