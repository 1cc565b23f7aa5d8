import { objectKey, type ResourceStatus } from "../../lib/protocol/object.ts";
import type { Report } from "../../lib/protocol/report.ts";

/**
 * Makes one report of two that follow each other: the state after both, and every sync and revision of both. What is
 * lost is only that there was a moment in between.
 */
export function mergeReports(earlier: Report, later: Report): Report {
  const told = {
    syncs: [...earlier.syncs, ...later.syncs],
    // A report that an older agent left in the queue has none.
    revisions: [...(earlier.revisions ?? []), ...(later.revisions ?? [])],
  };
  if (later.base === null) return { ...later, ...told };
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
    ...told,
  };
}
