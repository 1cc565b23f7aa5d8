import { MOST_INPUTS } from "../../lib/protocol/report.ts";

/** Whether a path that changed (or stands above one that did) is among the inputs. */
export type Touches = (changed: string) => boolean;

/**
 * Paths as the protocol has them: sorted, without what a directory among them covers; beyond `most`, the
 * deepest are collapsed into whole directories, which covers more, never less.
 */
export function collapsed(paths: Iterable<string>, most: number = MOST_INPUTS): string[] {
  let kept = withoutCovered(new Set([...paths].map(normal)));
  while (kept.size > most) {
    const depth = Math.max(...[...kept].map(depthOf));
    if (depth === 0) return ["/"];
    kept = withoutCovered(
      new Set([...kept].map((path) => (depthOf(path) === depth ? parentOf(path) : path))),
    );
  }
  return [...kept].sort();
}

/** Answers for many changed paths at once whether one concerns these inputs. */
export function touching(inputs: readonly string[]): Touches {
  const exact = new Set<string>();
  for (const input of inputs) {
    if (input === "/") return () => true;
    // What stands above an input can turn into a file, a link or a submodule, and take it away.
    for (let path = input.replace(/\/$/, ""); path !== ""; path = above(path)) exact.add(path);
  }
  const directories = new Set(inputs.filter((input) => input.endsWith("/")));
  return (changed) => {
    if (exact.has(changed)) return true;
    for (let path = above(changed); path !== ""; path = above(path))
      if (directories.has(`${path}/`)) return true;
    return false;
  };
}

function withoutCovered(paths: Set<string>): Set<string> {
  if (paths.has("/")) return new Set(["/"]);
  const kept = new Set<string>();
  for (const path of paths) {
    let covered = false;
    for (let up = parentOf(path); up !== "/" && !covered; up = parentOf(up)) covered = paths.has(up);
    if (!covered && !paths.has(`${path}/`)) kept.add(path);
  }
  return kept;
}

function normal(path: string): string {
  const plain = path.replace(/^(\.?\/)+/, "");
  return plain === "" || plain === "." ? "/" : plain;
}

const depthOf = (path: string) => (path === "/" ? 0 : path.replace(/\/$/, "").split("/").length);
const above = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf("/")));
const parentOf = (path: string) => `${above(path.replace(/\/$/, ""))}/`;
