import type { Comparison, FileChange, RestoredFile } from "../git-host.ts";
import { reversePatch } from "../reverse-patch.ts";
import type { TreeChange } from "./tree-changes.ts";

/**
 * What a restore changes, file by file: which files is known exactly from the trees; lines come from the
 * comparison that goes the other way (target to head), since the host compares forwards in history only. A file
 * that moves back is one entry, where both of its ends are restored.
 */
export function restoredFiles(changes: TreeChange[], comparison: Comparison | undefined): RestoredFile[] {
  const byPath = new Map(changes.map((change) => [change.path, change]));
  const forwards = comparison?.status === "ahead" || comparison?.status === "identical";
  const known = new Map<string, FileChange>();
  const moved = new Map<string, FileChange>();
  for (const file of forwards ? comparison.files : []) {
    const back = file.status === "renamed" ? file.previousPath : null;
    if (back !== null && byPath.get(back)?.status === "added" && byPath.get(file.path)?.status === "removed")
      moved.set(back, file);
    else if (back === null) known.set(file.path, file);
  }
  const gone = new Set([...moved.values()].map((file) => file.path));
  return changes
    .filter(({ path }) => !gone.has(path))
    .map(({ path, status, sha }) => {
      const move = moved.get(path);
      const file = move ?? known.get(path);
      const patch = file?.patch ? reversePatch(file.patch) : null;
      const counts = { additions: file?.deletions ?? 0, deletions: file?.additions ?? 0 };
      if (move) return { path, previousPath: move.path, status: "renamed", ...counts, patch, sha };
      return { path, previousPath: null, status, ...counts, patch, sha };
    });
}
