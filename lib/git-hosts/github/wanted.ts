import { createHash } from "node:crypto";
import { GitHostError } from "../git-host-error.ts";
import { type TakenBack, takeBack } from "../take-back.ts";
import { findInTree, type Graft, type TreeEntry, type TreeStore } from "./trees.ts";

/** Trees, and the texts of files. */
export interface FileStore extends TreeStore {
  /** The text of a blob; undefined where it is no text. */
  readText(sha: string): Promise<string | undefined>;
  /** Keeps a text; its SHA follows from it. */
  writeText(text: string): Promise<string>;
}

/** What each path is to become, and the files whose text had to be merged for that. */
export interface Wanted {
  grafts: Graft[];
  merged: Map<string, TakenBack>;
}

/** What stands at each path of a tree. */
export async function graftsAt(store: TreeStore, tree: string, paths: string[]): Promise<Graft[]> {
  return Promise.all(paths.map(async (path) => ({ path, entry: await findInTree(store, tree, path) })));
}

/**
 * What each path is to become on top of `base`: what it was at `target`. With `undone`, the tree of a commit whose
 * change alone is taken back, what changed since then stays: a file that changed again is merged, and one where that
 * cannot be done is an `overlapping` error. Writes nothing.
 */
export async function wantedOn(
  store: FileStore,
  trees: { base: string; target: string; undone: string | undefined },
  paths: string[],
): Promise<Wanted> {
  const target = await graftsAt(store, trees.target, paths);
  const merged = new Map<string, TakenBack>();
  if (trees.undone === undefined) return { grafts: target, merged };
  const undone = await graftsAt(store, trees.undone, paths);
  const base = await graftsAt(store, trees.base, paths);
  const grafts = await Promise.all(
    target.map(async ({ path, entry: before }, index): Promise<Graft> => {
      const [after, now] = [undone[index]?.entry, base[index]?.entry];
      if (sameEntry(now, after)) return { path, entry: before };
      if (sameEntry(now, before)) return { path, entry: now };
      const text = await mergeOf(store, { before, after, now });
      if (!text || !now)
        throw new GitHostError(
          "overlapping",
          `${path} was changed again since, in the same place`,
          "Roll back to a revision before both changes, or revert it by hand with Git.",
        );
      merged.set(path, text);
      const mode = now.mode === after?.mode && before ? before.mode : now.mode;
      return { path, entry: { ...now, mode, sha: blobSha(text.text) } };
    }),
  );
  return { grafts, merged };
}

/** Writes the texts that were merged. */
export async function writeMerged(store: FileStore, { merged }: Wanted): Promise<void> {
  for (const [path, { text }] of merged)
    if ((await store.writeText(text)) !== blobSha(text))
      throw new GitHostError("conflict", `${path} was not kept as it was sent`, "Try again.");
}

async function mergeOf(
  store: FileStore,
  ends: Record<"before" | "after" | "now", TreeEntry | undefined>,
): Promise<TakenBack | null> {
  const { before, after, now } = ends;
  const entries = [before, after, now];
  const file = (entry: TreeEntry | undefined) => entry?.kind === "blob" && /^100/.test(entry.mode);
  if (!before || !after || !now || !entries.every(file)) return null;
  const texts = await Promise.all([before, after, now].map(({ sha }) => store.readText(sha)));
  const [was, became, is] = texts;
  if (was === undefined || became === undefined || is === undefined) return null;
  return takeBack({ before: was, after: became, now: is });
}

/** Whether two are the same in content and mode, or both are not there. */
export const sameEntry = (a: TreeEntry | undefined, b: TreeEntry | undefined) =>
  a?.sha === b?.sha && a?.mode === b?.mode;

/** Git's name for a file with this text. */
function blobSha(text: string): string {
  const bytes = Buffer.from(text);
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}
