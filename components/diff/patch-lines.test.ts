import { expect, it } from "vitest";
import { patchLines } from "./patch-lines.ts";

it("numbers each side of a patch from where its hunk begins", () => {
  const patch = "@@ -10,3 +10,3 @@ spec:\n   a: 1\n-  b: 2\n+  b: 3\n   c: 4\n\\ No newline at end of file";
  expect(patchLines(patch).map(({ kind, text, git, cluster }) => [kind, text, git, cluster])).toEqual([
    ["hunk", "@@ -10,3 +10,3 @@ spec:", null, null],
    ["same", "  a: 1", 10, 10],
    ["del", "  b: 2", 11, null],
    ["add", "  b: 3", null, 11],
    ["same", "  c: 4", 12, 12],
  ]);
});
