import fc from "fast-check";
import { expect, test } from "vitest";
import { GitHostError } from "../git-host-error.ts";
import { findInTree, graftTree, splitPath, type TreeEntry, type TreeStore } from "./trees.ts";

type Files = Map<string, string>;

/** Trees by content, as Git keeps them: the same entries always have the same SHA. */
function memoryStore() {
  const trees = new Map<string, TreeEntry[]>();
  const store: TreeStore = {
    readTree: async (sha) => trees.get(sha) ?? Promise.reject(new Error(`no tree ${sha}`)),
    async writeTree(entries) {
      const sorted = [...entries].sort((a, b) => (a.name < b.name ? -1 : 1));
      const sha = JSON.stringify(sorted);
      trees.set(sha, sorted);
      return sha;
    },
  };
  return store;
}

async function write(store: TreeStore, files: Files): Promise<string> {
  const entries = new Map<string, TreeEntry>();
  for (const name of new Set([...files.keys()].map((path) => path.split("/")[0]!))) {
    const content = files.get(name);
    const below = [...files].filter(([path]) => path.startsWith(`${name}/`));
    const inner = new Map(below.map(([path, text]) => [path.slice(name.length + 1), text]));
    entries.set(
      name,
      content === undefined
        ? { name, mode: "040000", kind: "tree", sha: await write(store, inner) }
        : { name, mode: "100644", kind: "blob", sha: content },
    );
  }
  return store.writeTree([...entries.values()]);
}

async function read(store: TreeStore, tree: string, prefix = ""): Promise<Files> {
  const files: Files = new Map();
  for (const entry of await store.readTree(tree))
    if (entry.kind === "tree")
      for (const [path, text] of await read(store, entry.sha, `${prefix}${entry.name}/`))
        files.set(path, text);
    else files.set(`${prefix}${entry.name}`, entry.sha);
  return files;
}

const name = fc.constantFrom("a", "b", "c");
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"));

/** Files none of which is a directory of another. */
const files = fc
  .array(fc.tuple(path, fc.constantFrom("1", "2", "3")), { minLength: 1, maxLength: 8 })
  .map((entries) => {
    const kept: Files = new Map();
    for (const [file, text] of entries)
      if (![...kept.keys()].some((other) => other.startsWith(`${file}/`) || file.startsWith(`${other}/`)))
        kept.set(file, text);
    return kept;
  });

const within = (file: string, at: string) => file === at || file.startsWith(`${at}/`);

test("a grafted path is exactly as in the target, and everything else is as before", async () => {
  await fc.assert(
    fc.asyncProperty(files, files, path, async (before, target, at) => {
      const store = memoryStore();
      const [root, from] = [await write(store, before), await write(store, target)];
      const entry = await findInTree(store, from, at);
      const grafted = await graftTree(store, root, [{ path: `./${at}/`, entry }]);

      const expected: Files = new Map([...before].filter(([file]) => !within(file, at)));
      const restored = [...target].filter(([file]) => within(file, at));
      // A file that stands where the path needs a directory gives way.
      if (restored.length > 0)
        for (const file of expected.keys()) if (within(at, file)) expected.delete(file);
      for (const [file, text] of restored) expected.set(file, text);
      if (expected.size === 0) expect(grafted).toBeUndefined();
      else expect(await read(store, grafted!)).toEqual(new Map([...expected].sort()));
      if (grafted) expect((await findInTree(store, grafted, at))?.sha).toBe(entry?.sha);
    }),
    { numRuns: 500 },
  );
});

test("several paths are grafted in one tree, and the whole tree is a path too", async () => {
  const store = memoryStore();
  const root = await write(
    store,
    new Map([
      ["a/x", "1"],
      ["b/x", "1"],
      ["c", "1"],
    ]),
  );
  const from = await write(
    store,
    new Map([
      ["a/x", "2"],
      ["b/y", "2"],
    ]),
  );
  const grafts = ["a", "b"].map(async (at) => ({ path: at, entry: await findInTree(store, from, at) }));
  const both = await graftTree(store, root, await Promise.all(grafts));
  expect(await read(store, both!)).toEqual(
    new Map([
      ["a/x", "2"],
      ["b/y", "2"],
      ["c", "1"],
    ]),
  );
  expect(await graftTree(store, root, [{ path: ".", entry: await findInTree(store, from, "") }])).toBe(from);
});

test("a path that leaves the repository is refused", () => {
  expect(() => splitPath("environments/../../etc")).toThrow(GitHostError);
  expect(splitPath("./environments//production/")).toEqual(["environments", "production"]);
});
