import { type Graft, graftTree, type TreeEntry, type TreeStore } from "./trees.ts";

/** One file that differs between two trees: what it becomes, or null where it goes. */
export interface TreeChange {
  path: string;
  status: "added" | "removed" | "modified";
  sha: string | null;
}

/** A store that reads through to another one and keeps what is written to itself. */
function overlay(store: TreeStore): TreeStore {
  const written = new Map<string, TreeEntry[]>();
  return {
    readTree: (sha) => {
      const own = written.get(sha);
      return own ? Promise.resolve(own) : store.readTree(sha);
    },
    async writeTree(entries) {
      const sha = `unwritten ${written.size}`;
      written.set(sha, entries);
      return sha;
    },
  };
}

/** Exactly which files putting grafts into a tree changes, found without writing anything. */
export async function changesOfGrafts(
  store: TreeStore,
  root: string,
  grafts: Graft[],
): Promise<TreeChange[]> {
  const scratch = overlay(store);
  const tree = await graftTree(scratch, root, grafts);
  const changes: TreeChange[] = [];
  const rootEntry = (sha: string): TreeEntry => ({ name: "", mode: "040000", kind: "tree", sha });
  await compareEntries(
    scratch,
    "",
    rootEntry(root),
    tree === undefined ? undefined : rootEntry(tree),
    changes,
  );
  return changes.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

async function compareEntries(
  store: TreeStore,
  path: string,
  from: TreeEntry | undefined,
  to: TreeEntry | undefined,
  changes: TreeChange[],
): Promise<void> {
  if (from?.sha === to?.sha && from?.mode === to?.mode) return;
  const [was, is] = [from, to].map((entry) => (entry?.kind === "tree" ? undefined : entry));
  if (was && is) changes.push({ path, status: "modified", sha: is.sha });
  else if (was) changes.push({ path, status: "removed", sha: null });
  else if (is) changes.push({ path, status: "added", sha: is.sha });
  const [before, after] = await Promise.all(
    [from, to].map(async (entry) => (entry?.kind === "tree" ? store.readTree(entry.sha) : [])),
  );
  const inner = new Map<string, [TreeEntry | undefined, TreeEntry | undefined]>();
  for (const entry of before ?? []) inner.set(entry.name, [entry, undefined]);
  for (const entry of after ?? []) inner.set(entry.name, [inner.get(entry.name)?.[0], entry]);
  for (const [name, [one, other]] of inner)
    await compareEntries(store, path === "" ? name : `${path}/${name}`, one, other, changes);
}
