import { MOST_INPUTS } from "../../lib/protocol/report.ts";

/** Whether a change of a path concerns the inputs. */
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

/** Answers for one changed path after the other whether it concerns these inputs. */
export function touching(inputs: readonly string[]): Touches {
  if (inputs.includes("/")) return () => true;
  const own = new Set(inputs.map((input) => input.replace(/\/$/, "")));
  // What stands above an input can turn into a file, a link or a submodule, and take it away.
  const ancestors = new Set<string>();
  for (const input of own) for (let path = above(input); path !== ""; path = above(path)) ancestors.add(path);
  return (changed) => {
    if (ancestors.has(changed)) return true;
    for (let path = changed; path !== ""; path = above(path)) if (own.has(path)) return true;
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
