import { objectKey, type ResourceStatus } from "../../lib/protocol/object.ts";
import type { EnvironmentRevision, Report, Sync } from "../../lib/protocol/report.ts";

/** One environment as it is at one moment: everything a full report says but its place in the queue. */
export type Snapshot = Omit<Report, "stream" | "sequence" | "base" | "removed" | "syncs" | "revisions">;

/** What the last queued report left the server knowing. */
export type Known = { header: string; resources: Map<string, ResourceStatus> };

/** The part of a report that does not depend on its place in the queue. */
export type Body = Omit<Report, "stream" | "sequence" | "base">;

/**
 * What changed since `known`: resources that are new or other, keys that are gone. `changed` is false where
 * nothing is worth a report. Statuses are compared by reference first: an unchanged object keeps its status.
 */
export function deltaSince(
  known: Known | null,
  snapshot: Snapshot,
  syncs: Sync[],
  revisions: EnvironmentRevision[] = [],
): { body: Body; known: Known; changed: boolean } {
  const resources = new Map(snapshot.resources.map((status) => [objectKey(status.ref), status]));
  const header = headerOf(snapshot);
  const changedResources = known
    ? [...resources]
        .filter(([key, status]) => !same(known.resources.get(key), status))
        .map(([, status]) => status)
    : snapshot.resources;
  const removed = known ? [...known.resources.keys()].filter((key) => !resources.has(key)) : [];
  return {
    body: { ...snapshot, resources: changedResources, removed, syncs, revisions },
    known: { header, resources },
    changed:
      known === null ||
      header !== known.header ||
      changedResources.length > 0 ||
      removed.length > 0 ||
      syncs.length > 0 ||
      revisions.length > 0,
  };
}

function same(before: ResourceStatus | undefined, now: ResourceStatus): boolean {
  return before === now || (before !== undefined && JSON.stringify(before) === JSON.stringify(now));
}

function headerOf({ observedAt: _, resources: __, ...header }: Snapshot): string {
  return JSON.stringify(header);
}
