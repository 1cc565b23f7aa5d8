import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type BareRepository, createBareRepository } from "./bare-repository.ts";

let dir: string;
let repository: BareRepository;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "plumbline-bare-"));
  repository = await createBareRepository(join(dir, "fleet.git"));
});

afterEach(() => rmSync(dir, { recursive: true, force: true }));

const who = { name: "Alice", email: "alice@family.example", date: "2026-11-10T09:00:00+01:00" };

async function commit(files: Record<string, string | null>, parent?: string): Promise<string> {
  const updates = [];
  for (const [path, content] of Object.entries(files)) {
    const sha = content === null ? null : await repository.writeBlob(Buffer.from(content));
    updates.push({ path, mode: "100644", type: "blob", sha });
  }
  const base = parent && (await repository.commit(parent)).tree;
  const tree = await repository.writeTree(base, updates);
  return repository.writeCommit({
    tree,
    parents: parent ? [parent] : [],
    author: who,
    committer: who,
    message: "m",
  });
}

const lines = (...changed: string[]) =>
  ["a", "b", "c", "d", "e", "f", "g", "h"].map((l, i) => changed[i] ?? l).join("\n");

test("a merge takes both sides, in an older Git's way too", async () => {
  const base = await commit({ "deep/app.yaml": lines(), "gone.yaml": "x\n" });
  const ours = await commit({ "deep/app.yaml": lines("A"), "ours.yaml": "1\n" }, base);
  const last = Array.from({ length: 7 }, () => undefined as unknown as string);
  const theirs = await commit(
    { "deep/app.yaml": lines(...last, "H"), "gone.yaml": null, "theirs.yaml": "2\n" },
    base,
  );
  const tree = await repository.mergeTree(ours, theirs);
  const names = (await repository.tree(tree!, true))
    .filter((entry) => entry.type === "blob")
    .map((entry) => entry.path);
  expect(names).toEqual(["deep/app.yaml", "ours.yaml", "theirs.yaml"]);
  expect(await repository.text(["cat-file", "blob", `${tree}:deep/app.yaml`])).toBe(
    lines("A", ...last.slice(1), "H"),
  );
  expect(await repository.mergeInIndex(ours, theirs)).toBe(tree);
});

test("a conflict gives no tree, in an older Git's way too", async () => {
  const base = await commit({ "app.yaml": "1\n" });
  const ours = await commit({ "app.yaml": "2\n" }, base);
  const theirs = await commit({ "app.yaml": "3\n" }, base);
  expect(await repository.mergeTree(ours, theirs)).toBeUndefined();
  expect(await repository.mergeInIndex(ours, theirs)).toBeUndefined();
});

test("a rename, a binary file and a file without a last newline are told apart in a diff", async () => {
  const base = await commit({ "old.yaml": lines(), "logo.png": "\0\x01", "end.yaml": "x" });
  const head = await commit(
    { "old.yaml": null, "new.yaml": lines(), "logo.png": "\0\x02", "end.yaml": "x\n" },
    base,
  );
  const files = await repository.diff(base, head);
  expect(
    files.map(({ filename, previousFilename, status, additions, deletions, patch }) => ({
      filename,
      previousFilename,
      status,
      additions,
      deletions,
      patch,
    })),
  ).toEqual([
    {
      filename: "end.yaml",
      status: "modified",
      additions: 1,
      deletions: 1,
      patch: "@@ -1 +1 @@\n-x\n\\ No newline at end of file\n+x",
    },
    { filename: "logo.png", status: "modified", additions: 0, deletions: 0 },
    { filename: "new.yaml", previousFilename: "old.yaml", status: "renamed", additions: 0, deletions: 0 },
  ]);
});

test("a commit keeps its author's time zone and its message byte for byte", async () => {
  const sha = await commit({ a: "1" });
  const raw = await repository.text(["cat-file", "commit", sha]);
  expect(raw).toContain("author Alice <alice@family.example> 1794297600 +0100");
  expect(raw.endsWith("\n\nm")).toBe(true);
});
