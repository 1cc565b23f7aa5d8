import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { takeBack } from "./take-back.ts";

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "plumbline-take-back-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const write = (name: string, text: string) => {
  const file = join(dir, name);
  writeFileSync(file, text);
  return file;
};

test("a later change of other lines is kept", () => {
  const before = "image: shop:1\nmemory: 64Mi\nreplicas: 2\ncpu: 100m\n";
  const after = before.replace("replicas: 2", "replicas: 9");
  const now = `${after.replace("shop:1", "shop:2")}port: 80\n`;
  expect(takeBack({ before, after, now })).toMatchObject({
    text: "image: shop:2\nmemory: 64Mi\nreplicas: 2\ncpu: 100m\nport: 80\n",
    additions: 1,
    deletions: 1,
  });
});

test("a later change of the same line is not undone with it", () => {
  const before = "replicas: 2\n";
  expect(takeBack({ before, after: "replicas: 9\n", now: "replicas: 5\n" })).toBeNull();
});

test("what somebody took back by hand already stays so", () => {
  const before = "a\nb\nc\n";
  expect(takeBack({ before, after: "a\nx\nc\n", now: before })).toMatchObject({ text: before, patch: "" });
});

test("a text of very many like lines is left to people", () => {
  const lines = (end: string) => "\n".repeat(7000) + end;
  expect(takeBack({ before: lines("a"), after: lines("b"), now: `x${lines("b")}` })).toBeNull();
});

/** A file before a commit, after it and now, each an edit of the one before. */
function filesOf(line: fc.Arbitrary<string>) {
  const put = fc.array(line, { maxLength: 2 });
  const edits = fc.array(fc.record({ at: fc.nat(13), drop: fc.nat(2), put }), { maxLength: 2 });
  const ends = fc.tuple(fc.boolean(), fc.boolean(), fc.boolean());
  return fc
    .tuple(fc.array(line, { maxLength: 14 }), edits, edits, ends)
    .map(([before, first, second, ends]) => {
      const edited = (lines: string[], by: typeof first) =>
        by.reduce((all, { at, drop, put }) => all.toSpliced(at, drop, ...put), lines);
      const after = edited(before, first);
      const [one, two, three] = [before, after, edited(after, second)].map(
        (lines, index) => lines.join("\n") + (ends[index] && lines.length > 0 ? "\n" : ""),
      );
      return { before: one ?? "", after: two ?? "", now: three ?? "" };
    });
}
/** Few different lines, so that many are alike. */
const files = filesOf(fc.constantFrom("a", "b", "c", "d", "e", "- f", ""));
/** No line twice in any of the three: which lines are which is then no matter of opinion, and there is one answer. */
const plainFiles = filesOf(fc.stringMatching(/^[a-z]{2}$/)).filter((three) =>
  Object.values(three).every((text) => {
    const lines = text.trimEnd().split("\n");
    return new Set(lines).size === lines.length;
  }),
);

test("its hunks are what Git's own patch makes of the file, and lead to the text", () => {
  let some = 0;
  fc.assert(
    fc.property(files, ({ before, after, now }) => {
      const taken = takeBack({ before, after, now });
      if (!taken || taken.text === now) return;
      some += 1;
      write("file", now);
      write("patch", `--- a/file\n+++ b/file\n${taken.patch}\n`);
      execFileSync("git", ["apply", "--unidiff-zero", "patch"], { cwd: dir });
      expect(readFileSync(join(dir, "file"), "utf8")).toBe(taken.text);
    }),
    { numRuns: 150 },
  );
  expect(some).toBeGreaterThan(10);
});

test("where neither Git nor we see a conflict, both merge three texts to the same", () => {
  let some = 0;
  fc.assert(
    fc.property(plainFiles, ({ before, after, now }) => {
      const taken = takeBack({ before, after, now });
      const three = [write("now", now), write("after", after), write("before", before)];
      let git: string | null = null;
      try {
        git = execFileSync("git", ["merge-file", "-p", "-q", ...three], { encoding: "utf8" });
      } catch {
        // A conflict.
      }
      if (git === null || taken === null) return;
      some += 1;
      expect(taken.text).toBe(git);
    }),
    { numRuns: 150 },
  );
  expect(some).toBeGreaterThan(10);
});
