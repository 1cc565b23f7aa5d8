import { objectKey, type ResourceStatus } from "../../lib/protocol/object.ts";
import type { Report } from "../../lib/protocol/report.ts";

/**
 * Makes one report of two that follow each other: the state after both, and every sync of both. What is
 * lost is only that there was a moment in between.
 */
export function mergeReports(earlier: Report, later: Report): Report {
  if (later.base === null) return { ...later, syncs: [...earlier.syncs, ...later.syncs] };
  const resources = new Map<string, ResourceStatus>();
  for (const status of earlier.resources) resources.set(objectKey(status.ref), status);
  for (const key of later.removed) resources.delete(key);
  for (const status of later.resources) resources.set(objectKey(status.ref), status);
  const removed = new Set(earlier.base === null ? [] : [...earlier.removed, ...later.removed]);
  for (const key of resources.keys()) removed.delete(key);
  return {
    ...later,
    base: earlier.base,
    resources: [...resources.values()],
    removed: [...removed],
    syncs: [...earlier.syncs, ...later.syncs],
  };
}
