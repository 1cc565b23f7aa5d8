import type { FieldChange, ResourceStatus } from "../../lib/protocol/object.ts";
import {
  type EnvironmentRevision,
  MOST_REVISIONS,
  type Report,
  type Sync,
} from "../../lib/protocol/report.ts";
import { collapsed } from "../render/inputs.ts";

const DETAIL_GONE = "Detail was left out to keep the report small.";
/** What the protocol allows in one report. */
const MOST = { changes: 500, resources: 20_000, syncs: 1000, revisions: MOST_REVISIONS, outcomes: 10_000 };

/** The size of a value as it travels, in bytes before compression. */
export const sizeOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/** Clips one status to what the protocol takes, and says so in it. */
export function clipStatus(status: ResourceStatus): ResourceStatus {
  const clipped: ResourceStatus = {
    ...status,
    syncReason: clip(status.syncReason, 2000),
    healthReason: clip(status.healthReason, 2000),
    ...(status.source && { source: { ...status.source, file: clip(status.source.file, 1024) ?? "" } }),
    changes: status.changes.slice(0, MOST.changes).map(clipChange),
  };
  const left = status.changes.length - MOST.changes;
  if (left > 0)
    clipped.syncReason = clip(`${left} more fields differ. ${status.syncReason ?? ""}`.trim(), 2000);
  return clipped;
}

/** Keeps verdicts, causes and outcomes; drops values, and the fields beyond the first ten of each object. */
export function withoutDetail(report: Report): Report {
  return {
    ...report,
    resources: report.resources.map((status) => ({
      ...status,
      changes: status.changes.slice(0, 10).map(({ desired: _, observed: __, ...change }) => change),
      ...(status.changes.length > 0 && { syncReason: status.syncReason ?? DETAIL_GONE }),
    })),
    syncs: report.syncs.map(withoutUnchanged),
  };
}

/** Whether `withoutDetail` has anything left to take. */
export const hasDetail = (report: Report): boolean =>
  report.resources.some(({ changes }) => changes.length > 10 || changes.some(hasValue)) ||
  report.syncs.some((sync) => withoutUnchanged(sync) !== sync);

/**
 * Cuts a report into ones of at most `maxBytes`, in order: the objects that differ or are unhealthy go first,
 * so that no part of it looks converged when the whole is not. The parts have no sequence of their own yet.
 */
export function splitReport(report: Report, maxBytes: number): Report[] {
  const rest = {
    resources: [] as ResourceStatus[],
    removed: [] as string[],
    syncs: [] as Sync[],
    revisions: [] as EnvironmentRevision[],
  };
  const room = Math.max(1024, maxBytes - sizeOf({ ...report, ...rest }));
  const resources = report.resources
    .toSorted((a, b) => urgency(b) - urgency(a))
    .map((one) => shrinkTo(one, room));
  const syncs = report.syncs.map((sync) => shrinkSync(sync, room));
  const packs: (typeof rest)[] = [];
  let pack = structuredClone(rest);
  let bytes = 0;
  const put = <K extends keyof typeof rest>(kind: K, item: (typeof rest)[K][number]) => {
    const size = sizeOf(item) + 1;
    const full =
      pack.resources.length >= MOST.resources ||
      pack.removed.length >= MOST.resources ||
      pack.syncs.length >= MOST.syncs ||
      pack.revisions.length >= MOST.revisions;
    if (bytes > 0 && (bytes + size > room || full)) {
      packs.push(pack);
      pack = structuredClone(rest);
      bytes = 0;
    }
    (pack[kind] as (typeof item)[]).push(item);
    bytes += size;
  };
  for (const status of resources) put("resources", status);
  for (const key of report.removed) put("removed", key);
  // Syncs go last: an outcome is told with the state that it led to.
  for (const sync of syncs) put("syncs", sync);
  for (const revision of report.revisions ?? []) put("revisions", shrinkRevision(revision, room));
  packs.push(pack);
  return packs.map((one, index) => ({
    ...report,
    ...one,
    base: index === 0 ? report.base : report.sequence,
  }));
}

function shrinkTo(status: ResourceStatus, room: number): ResourceStatus {
  if (sizeOf(status) <= room) return status;
  const { children: _, events: __, childrenLeft: ___, ...verdict } = status;
  const bare = {
    ...verdict,
    changes: status.changes.map(({ desired: _, observed: __, ...change }) => change),
    syncReason: DETAIL_GONE,
  };
  while (sizeOf(bare) > room && bare.changes.length > 0)
    bare.changes = bare.changes.slice(0, Math.floor(bare.changes.length / 2));
  return bare;
}

function shrinkSync(sync: Sync, room: number): Sync {
  if (sync.objects.length <= MOST.outcomes && sizeOf(sync) <= room) return sync;
  let objects = withoutUnchanged(sync).objects.slice(0, MOST.outcomes);
  const message = clip(`${sync.message ?? ""} ${DETAIL_GONE}`.trim(), 4000);
  while (sizeOf({ ...sync, objects, message }) > room && objects.length > 0)
    objects = objects.slice(0, Math.floor(objects.length / 2));
  return { ...sync, objects, message };
}

/** Fewer and fewer whole directories, down to the whole repository. */
function shrinkRevision(revision: EnvironmentRevision, room: number): EnvironmentRevision {
  let { inputs } = revision;
  while (sizeOf({ ...revision, inputs }) > room && inputs.length > 1)
    inputs = collapsed(inputs, Math.floor(inputs.length / 2));
  return inputs === revision.inputs ? revision : { ...revision, inputs };
}

function withoutUnchanged(sync: Sync): Sync {
  const objects = sync.objects.filter(({ action }) => action !== "unchanged");
  return objects.length === sync.objects.length ? sync : { ...sync, objects };
}

const urgency = (status: ResourceStatus): number =>
  (status.sync === "Synced" ? 0 : 2) + (status.health === "Healthy" || status.health === "Unknown" ? 0 : 1);

const hasValue = (change: FieldChange) => change.desired !== undefined || change.observed !== undefined;

/** A single value this long is no value a person reads; its digest still tells equal from different. */
const VALUE_BYTES = 16_384;

function clipChange(change: FieldChange): FieldChange {
  const clipped = {
    ...change,
    path: clip(change.path, 1024) ?? "",
    pointer: clip(change.pointer, 1024) ?? "",
  };
  for (const side of ["desired", "observed"] as const) {
    const value = clipped[side];
    if (value === undefined || (typeof value !== "string" && typeof value !== "object")) continue;
    const bytes = sizeOf(value);
    if (bytes > VALUE_BYTES)
      clipped[side] = `${JSON.stringify(value).slice(0, VALUE_BYTES / 4)}… (${bytes} bytes in all)`;
  }
  return clipped;
}

/** Cuts a text to `max` characters, with an ellipsis where it was longer. */
export function clip(text: string | undefined, max: number): string | undefined {
  return text !== undefined && text.length > max ? `${text.slice(0, max - 1)}…` : text;
}
