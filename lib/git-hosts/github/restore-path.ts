import type { RestoredBranch, RestoreRequest } from "../git-host.ts";
import { GitHostError } from "../git-host-error.ts";
import { type Graft, graftTree, splitPath } from "./trees.ts";
import { type FileStore, graftsAt, sameEntry, type Wanted, wantedOn, writeMerged } from "./wanted.ts";

/** What restoring needs of the repository besides its trees and files. */
export interface RestoreStore extends FileStore {
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

const sameEntries = (a: Graft[], b: Graft[]) => a.every((graft, i) => sameEntry(graft.entry, b[i]?.entry));

/** `GitHost.restorePath` on any store of Git objects. */
export async function restorePath(store: RestoreStore, request: RestoreRequest): Promise<RestoredBranch> {
  const { branch, baseBranch, targetSha } = request;
  const paths = outermost(request.paths);
  if (paths.length === 0)
    throw new GitHostError("not-found", "No path was given to restore", "Name at least one path.");
  const target = (await store.readCommit(targetSha)).tree;
  const undone = request.undoing && (await store.readCommit(request.undoing)).tree;
  /** What the paths are to become on top of a tree. */
  const on = (base: string) => wantedOn(store, { base, target, undone }, paths);
  const found = await existingRestore(store, request, paths, on);
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
  const wanted = await on(base);
  const { grafts } = wanted;
  if (paths.every((_, i) => !grafts[i]?.entry && !present[i]?.entry))
    throw new GitHostError(
      "not-found",
      `${namesOf(paths)} exists neither at ${targetSha.slice(0, 8)} nor on ${baseBranch}`,
      "Check the environment's path.",
    );
  if (sameEntries(grafts, present))
    throw new GitHostError(
      "nothing-to-do",
      `${namesOf(paths)} on ${baseBranch} is already as at ${targetSha.slice(0, 8)}: there is nothing to restore`,
      "Choose another revision, or wait until the cluster has followed Git.",
    );

  await writeMerged(store, wanted);
  const tree = await graftTree(store, base, grafts);
  if (!tree)
    throw new GitHostError(
      "conflict",
      `Restoring would leave ${baseBranch} empty`,
      "Choose another revision.",
    );
  // The promise of a rollback is that the paths are what they were: checked before anybody sees the commit.
  if (!sameEntries(grafts, await graftsAt(store, tree, paths)))
    throw new GitHostError("conflict", "The restored tree is not what it was at the target", "Try again.");
  const { message, author } = request;
  const commitSha = await store.writeCommit({ tree, parent, message, ...(author ? { author } : {}) });
  if (await store.createBranch(branch, commitSha))
    return { branch, commitSha, parentSha: parent, created: true };
  const raced = await existingRestore(store, request, paths, on);
  if (raced) return raced;
  throw new GitHostError("conflict", `The branch ${branch} appeared and vanished meanwhile`, "Try again.");
}

/** The branch of an earlier call; undefined when there is none, and a conflict when it holds something else. */
async function existingRestore(
  store: RestoreStore,
  request: RestoreRequest,
  paths: string[],
  on: (base: string) => Promise<Wanted>,
) {
  const head = await store.findBranch(request.branch);
  if (!head) return undefined;
  const commit = await store.readCommit(head);
  const below = commit.parents[0] ? (await store.readCommit(commit.parents[0])).tree : commit.tree;
  if (!sameEntries((await on(below)).grafts, await graftsAt(store, commit.tree, paths)))
    throw new GitHostError(
      "taken",
      `The branch ${request.branch} exists and holds something else than ${request.targetSha.slice(0, 8)}`,
      "Delete that branch on the Git host, then try again.",
    );
  return { branch: request.branch, commitSha: head, parentSha: commit.parents[0] ?? head, created: false };
}
