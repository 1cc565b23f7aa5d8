import { existsSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * The directory that stands for the repository: the nearest one above with `.git`, so that an overlay may reach
 * its base; where there is none, nothing bounds what it may reach, as with `kubectl kustomize`.
 */
export function findRoot(target: string): string {
  for (let folder = realpathSync(target); ; folder = dirname(folder))
    if (folder === dirname(folder) || existsSync(join(folder, ".git"))) return folder;
}
