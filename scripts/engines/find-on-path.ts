import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { Environment } from "./cache-folder.ts";

/** The first executable file among `names` on PATH, or undefined. */
export function findOnPath(names: string[], env: Environment = process.env): string | undefined {
  for (const name of names) {
    for (const folder of (env.PATH ?? "").split(delimiter)) {
      if (folder !== "" && isExecutable(join(folder, name))) return join(folder, name);
    }
  }
  return undefined;
}

/** Whether a path names a file this process may execute. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
