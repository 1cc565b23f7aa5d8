import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { reversePatch } from "./reverse-patch.ts";

test("hunks swap their ranges, and removals come before additions", () => {
  const patch = "@@ -1,2 +1,3 @@ spec:\n a\n-b\n+c\n+d\n\\ No newline at end of file";
  expect(reversePatch(patch)).toBe("@@ -1,3 +1,2 @@ spec:\n a\n-c\n-d\n\\ No newline at end of file\n+b");
});

test("applied by Git to what a patch made, its reverse gives back what was there", () => {
  const dir = mkdtempSync(join(tmpdir(), "plumbline-patch-"));
  const line = fc.constantFrom("replicas: 1", "replicas: 2", "- a", "+ b", "@@ -1 +1 @@", "\\ odd", "");
  const text = fc
    .tuple(fc.array(line, { maxLength: 30 }), fc.boolean())
    .map(([lines, newline]) => lines.join("\n") + (newline && lines.length > 0 ? "\n" : ""));
  const git = (args: string[]) =>
    execFileSync("git", args, { cwd: dir, stdio: ["ignore", "pipe", "ignore"] }).toString();
  try {
    fc.assert(
      fc.property(text, text, (before, after) => {
        fc.pre(before !== after && before !== "" && after !== "");
        writeFileSync(join(dir, "before"), before);
        writeFileSync(join(dir, "after"), after);
        let diff = "";
        try {
          git(["diff", "--no-index", "before", "after"]);
        } catch (error) {
          // It ends with 1 when the files differ.
          diff = (error as { stdout: Buffer }).stdout.toString();
        }
        const hunks = diff.slice(diff.search(/^@@ /m)).replace(/\n$/, "");
        writeFileSync(join(dir, "patch"), `--- a/after\n+++ b/after\n${reversePatch(hunks)}\n`);
        git(["apply", "--unidiff-zero", "patch"]);
        expect(readFileSync(join(dir, "after"), "utf8")).toBe(before);
      }),
      { numRuns: 60 },
    );
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
