import type { Comparison, FileChange } from "../git-host.ts";
import { reversePatch } from "../reverse-patch.ts";
import { splitPath } from "./trees.ts";

/** Whether a file lies at or below one of the paths. */
function isWithin(file: string, paths: string[]): boolean {
  return paths
    .map((path) => splitPath(path).join("/"))
    .some((path) => path === "" || file === path || file.startsWith(`${path}/`));
}

const OPPOSITE = {
  added: "removed",
  removed: "added",
  modified: "modified",
  renamed: "renamed",
  other: "other",
} as const;

/**
 * What restoring `paths` changes, from the comparison that goes the other way (target to head): the host
 * compares forwards in history only. Null when history does not lead from the target to the head.
 */
export function reverseComparison(comparison: Comparison, paths: string[]): FileChange[] | null {
  if (comparison.status !== "ahead" && comparison.status !== "identical") return null;
  return comparison.files.flatMap((file) => reverseFile(file, paths));
}

function reverseFile(file: FileChange, paths: string[]): FileChange[] {
  const now = isWithin(file.path, paths);
  const then = file.previousPath !== null && isWithin(file.previousPath, paths);
  const patch = file.patch === null ? null : reversePatch(file.patch);
  const counts = { additions: file.deletions, deletions: file.additions };
  if (file.status !== "renamed" || file.previousPath === null)
    return now ? [{ ...file, ...counts, patch, status: OPPOSITE[file.status] }] : [];
  if (now && then) return [{ ...file, ...counts, patch, path: file.previousPath, previousPath: file.path }];
  // It was moved across the edge of what is restored: only the end that lies within is touched.
  const edge = { previousPath: null, additions: 0, deletions: 0, patch: null };
  if (now) return [{ ...edge, path: file.path, status: "removed" }];
  return then ? [{ ...edge, path: file.previousPath, status: "added" }] : [];
}

/** Files and their blobs' SHAs, by path. */
export type FileList = Map<string, string>;

/** Which files differ between two lists: no patches, for where the host cannot compare. */
export function compareFileLists(from: FileList, to: FileList, paths: string[]): FileChange[] {
  const names = [...new Set([...from.keys(), ...to.keys()])].filter((name) => isWithin(name, paths)).sort();
  return names
    .filter((name) => from.get(name) !== to.get(name))
    .map((path) => ({
      path,
      previousPath: null,
      status: !from.has(path)
        ? ("added" as const)
        : !to.has(path)
          ? ("removed" as const)
          : ("modified" as const),
      additions: 0,
      deletions: 0,
      patch: null,
    }));
}
