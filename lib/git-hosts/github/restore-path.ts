import type { RestoredBranch, RestoreRequest } from "../git-host.ts";
import { GitHostError } from "../git-host-error.ts";
import { findInTree, type Graft, graftTree, splitPath, type TreeStore } from "./trees.ts";

/** What restoring needs of the repository besides its trees. */
export interface RestoreStore extends TreeStore {
  findBranch(branch: string): Promise<string | undefined>;
  readCommit(sha: string): Promise<{ tree: string; parents: string[] }>;
  writeCommit(commit: {
    tree: string;
    parent: string;
    message: string;
    author?: { name: string; email: string };
  }): Promise<string>;
  /** Creates a branch; false when there is one already. */
  createBranch(branch: string, sha: string): Promise<boolean>;
}

/** Drops paths that lie below another one of the list: the outer one covers them. */
export function outermost(paths: string[]): string[] {
  const clean = [...new Set(paths.map((path) => splitPath(path).join("/")))];
  const known = new Set(clean);
  return clean.filter((path) => {
    if (path === "") return true;
    const parts = path.split("/");
    return !known.has("") && !parts.some((_, i) => i > 0 && known.has(parts.slice(0, i).join("/")));
  });
}

/** A few paths by name, so that a closure of thousands still makes a sentence. */
export function namesOf(paths: string[]): string {
  const shown = paths.slice(0, 3).map((path) => path || "the whole repository");
  return shown.join(", ") + (paths.length > 3 ? ` and ${paths.length - 3} more` : "");
}

/** What stands at each path of a tree. */
export async function graftsAt(store: TreeStore, tree: string, paths: string[]): Promise<Graft[]> {
  return Promise.all(paths.map(async (path) => ({ path, entry: await findInTree(store, tree, path) })));
}

const sameEntries = (a: Graft[], b: Graft[]) =>
  a.every((graft, i) => graft.entry?.sha === b[i]?.entry?.sha && graft.entry?.mode === b[i]?.entry?.mode);

/** `GitHost.restorePath` on any store of Git objects. */
export async function restorePath(store: RestoreStore, request: RestoreRequest): Promise<RestoredBranch> {
  const { branch, baseBranch, targetSha } = request;
  const paths = outermost(request.paths);
  if (paths.length === 0)
    throw new GitHostError("not-found", "No path was given to restore", "Name at least one path.");
  const wanted = await graftsAt(store, (await store.readCommit(targetSha)).tree, paths);

  const found = await existingRestore(store, request, paths, wanted);
  if (found) return found;

  const parent = await store.findBranch(baseBranch);
  if (!parent)
    throw new GitHostError(
      "not-found",
      `There is no branch ${baseBranch}`,
      "Create that branch again, or declare the environment with another one.",
      { missing: "base" },
    );
  const base = (await store.readCommit(parent)).tree;
  const present = await graftsAt(store, base, paths);
  if (paths.every((_, i) => !wanted[i]?.entry && !present[i]?.entry))
    throw new GitHostError(
      "not-found",
      `${namesOf(paths)} exists neither at ${targetSha.slice(0, 8)} nor on ${baseBranch}`,
      "Check the environment's path.",
    );
  if (sameEntries(wanted, present))
    throw new GitHostError(
      "nothing-to-do",
      `${namesOf(paths)} on ${baseBranch} is already as at ${targetSha.slice(0, 8)}: there is nothing to restore`,
      "Choose another revision, or wait until the cluster has followed Git.",
    );

  const tree = await graftTree(store, base, wanted);
  if (!tree)
    throw new GitHostError(
      "conflict",
      `Restoring would leave ${baseBranch} empty`,
      "Choose another revision.",
    );
  // The promise of a rollback is that the paths are what they were: checked before anybody sees the commit.
  if (!sameEntries(wanted, await graftsAt(store, tree, paths)))
    throw new GitHostError("conflict", "The restored tree is not what it was at the target", "Try again.");
  const { message, author } = request;
  const commitSha = await store.writeCommit({ tree, parent, message, ...(author ? { author } : {}) });
  if (await store.createBranch(branch, commitSha))
    return { branch, commitSha, parentSha: parent, created: true };
  const raced = await existingRestore(store, request, paths, wanted);
  if (raced) return raced;
  throw new GitHostError("conflict", `The branch ${branch} appeared and vanished meanwhile`, "Try again.");
}

/** The branch of an earlier call; undefined when there is none, and a conflict when it holds something else. */
async function existingRestore(
  store: RestoreStore,
  request: RestoreRequest,
  paths: string[],
  wanted: Graft[],
) {
  const head = await store.findBranch(request.branch);
  if (!head) return undefined;
  const commit = await store.readCommit(head);
  if (!sameEntries(wanted, await graftsAt(store, commit.tree, paths)))
    throw new GitHostError(
      "taken",
      `The branch ${request.branch} exists and holds something else than ${request.targetSha.slice(0, 8)}`,
      "Delete that branch on the Git host, then try again.",
    );
  return { branch: request.branch, commitSha: head, parentSha: commit.parents[0] ?? head, created: false };
}
