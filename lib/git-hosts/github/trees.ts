import type { PathObject } from "../git-host.ts";
import { GitHostError } from "../git-host-error.ts";

/** One entry of a Git tree. */
export interface TreeEntry extends PathObject {
  name: string;
  mode: string;
}

/** Where trees are read from and written to. */
export interface TreeStore {
  readTree(sha: string): Promise<TreeEntry[]>;
  writeTree(entries: TreeEntry[]): Promise<string>;
}

/** A path as segments: no leading or trailing slash, no "."; none at all means the whole tree. */
export function splitPath(path: string): string[] {
  const segments = path.split("/").filter((segment) => segment !== "" && segment !== ".");
  if (segments.includes(".."))
    throw new GitHostError(
      "not-found",
      `The path ${path} leaves the repository`,
      "Give a path inside the repository.",
    );
  return segments;
}

/** What is at a path below a tree, or undefined. */
export async function findInTree(
  store: TreeStore,
  root: string,
  path: string,
): Promise<TreeEntry | undefined> {
  let found: TreeEntry = { name: "", mode: "040000", kind: "tree", sha: root };
  for (const segment of splitPath(path)) {
    if (found.kind !== "tree") return undefined;
    const next = (await store.readTree(found.sha)).find((entry) => entry.name === segment);
    if (!next) return undefined;
    found = next;
  }
  return found;
}

/** A path and what it is to become; undefined removes it. */
export interface Graft {
  path: string;
  entry: TreeEntry | undefined;
}

/**
 * Writes the tree that `root` becomes with every graft in place and everything else kept. Trees on the
 * way are written whole, so that a removed path is simply not listed and an emptied directory disappears.
 * Answers undefined when nothing is left.
 */
export function graftTree(store: TreeStore, root: string, grafts: Graft[]): Promise<string | undefined> {
  return graftSegments(
    store,
    root,
    grafts.map(({ path, entry }) => ({ segments: splitPath(path), entry })),
  );
}

interface Step {
  segments: string[];
  entry: TreeEntry | undefined;
}

async function graftSegments(
  store: TreeStore,
  tree: string | undefined,
  steps: Step[],
): Promise<string | undefined> {
  const whole = steps.find((step) => step.segments.length === 0);
  if (whole) return whole.entry?.sha;
  const entries = new Map((tree ? await store.readTree(tree) : []).map((entry) => [entry.name, entry]));
  for (const name of new Set(steps.map((step) => step.segments[0]!))) {
    const below = steps
      .filter((step) => step.segments[0] === name)
      .map((step) => ({ segments: step.segments.slice(1), entry: step.entry }));
    const leaf = below.find((step) => step.segments.length === 0);
    if (leaf) {
      if (leaf.entry) entries.set(name, { ...leaf.entry, name });
      else entries.delete(name);
      continue;
    }
    const present = entries.get(name);
    const sha = await graftSegments(store, present?.kind === "tree" ? present.sha : undefined, below);
    if (sha) entries.set(name, { name, mode: "040000", kind: "tree", sha });
    else if (present?.kind === "tree") entries.delete(name);
  }
  return entries.size === 0 ? undefined : store.writeTree([...entries.values()]);
}
