import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openSource } from "./index.ts";
import { openTestGitHost } from "./test-git-host.ts";

let host: Awaited<ReturnType<typeof openTestGitHost>>;
let place: string;
beforeEach(async () => {
  host = await openTestGitHost(process.env.PATH);
  place = mkdtempSync(join(tmpdir(), "plumbline-history-"));
});
afterEach(async () => {
  await host.close();
  rmSync(place, { recursive: true, force: true });
});

const open = () => openSource({ cacheDir: join(place, "cache") });
const config = () => ({ url: host.url("config"), ref: "main" });
const git = (...args: string[]) => host.git("config", ...args);

/** Commits by plumbing, for many at once take long otherwise; answers them oldest first. */
function commitMany(count: number): string[] {
  const tree = git("write-tree");
  const commits = [git("rev-parse", "HEAD")];
  for (let at = 0; at < count; at++)
    commits.push(git("commit-tree", tree, "-p", commits.at(-1)!, "-m", `Many ${at}`));
  git("update-ref", "refs/heads/main", commits.at(-1)!);
  return commits.slice(1);
}

test("tells every commit between two revisions with every path that it changed", async () => {
  const from = host.create("config", {
    "app/a.yaml": "1",
    "app/b.yaml": "1",
    run: "x",
    old: "a longer text",
  });
  const source = open();
  await source.checkout(config(), from);
  const edited = host.commit("config", { "app/a.yaml": "2", "with space": "1", "zwölf\ttab": "1" }, "Edit");
  git("mv", "old", "new");
  const renamed = host.commit("config", {}, "Rename");
  git("rm", "--quiet", "app/b.yaml");
  const removed = host.commit("config", { linked: "-> app/a.yaml" }, "Remove, and link");
  git("update-index", "--chmod=+x", "run");
  git("commit", "--quiet", "--message", "Mode");
  git("update-index", "--add", "--cacheinfo", `160000,${from},vendor`);
  git("commit", "--quiet", "--message", "Submodule");
  const to = git("rev-parse", "HEAD");

  const { head, steps, whole } = await source.history(config(), to, from);
  expect(whole).toBe(true);
  expect(head).toMatchObject({ revision: to, subject: "Submodule", author: "Ann Ames" });
  expect(steps.map(({ commit, paths }) => [commit.subject, [...paths].sort()])).toEqual([
    ["Edit", ["app/a.yaml", "with space", "zwölf\ttab"]],
    ["Rename", ["new", "old"]],
    ["Remove, and link", ["app/b.yaml", "linked"]],
    ["Mode", ["run"]],
    ["Submodule", ["vendor"]],
  ]);
  expect(steps.slice(0, 3).map(({ commit }) => commit.revision)).toEqual([edited, renamed, removed]);
});

test("takes a merge for what it merged", async () => {
  const from = host.create("config", { a: "1" });
  git("checkout", "--quiet", "-b", "side");
  host.commit("config", { b: "1" }, "Side one");
  host.commit("config", { c: "1" }, "Side two");
  git("checkout", "--quiet", "main");
  const own = host.commit("config", { a: "2" }, "Own");
  git("merge", "--quiet", "--no-ff", "--message", "Merge", "side");
  const { steps } = await open().history(config(), git("rev-parse", "HEAD"), from);
  expect(steps.map(({ commit, paths }) => [commit.subject, paths])).toEqual([
    ["Own", ["a"]],
    ["Merge", ["b", "c"]],
  ]);
  expect(steps[0]?.commit.revision).toBe(own);
});

test("fetches as much more history as the way from the last look is long, and not more", async () => {
  const from = host.create("config", { a: "1" });
  const source = open();
  await source.checkout(config(), from);
  const asked = () => host.requests.filter(({ url }) => url.endsWith("git-upload-pack")).length;
  const near = commitMany(30);
  const first = await source.history(config(), near.at(-1)!, from);
  expect([first.whole, first.steps.length]).toEqual([true, 30]);
  const far = commitMany(120);
  const before = asked();
  const second = await source.history(config(), far.at(-1)!, near.at(-1)!);
  expect([second.whole, second.steps.map(({ commit }) => commit.revision)]).toEqual([true, far]);
  const calls = asked() - before;
  expect(calls).toBeGreaterThan(0);
  // The next environment of the repository asks the same, and nobody is asked.
  expect((await source.history(config(), far.at(-1)!, near.at(-1)!)).steps).toHaveLength(120);
  expect(asked() - before).toBe(calls);
});

test("says that there is a gap where a branch was forced to another history or has moved too far", async () => {
  host.create("config", { a: "1" });
  const shared = host.commit("config", { b: "1" }, "Shared");
  const from = host.commit("config", { a: "2" }, "Forced away");
  const source = open();
  await source.checkout(config(), from);
  git("reset", "--quiet", "--hard", shared);
  const to = host.commit("config", { c: "1" }, "Another");
  const forced = await source.history(config(), to, from);
  expect([forced.whole, forced.gap]).toEqual([false, "it was moved to another history"]);
  expect(forced.steps.map(({ commit }) => commit.subject).slice(-2)).toEqual(["Shared", "Another"]);

  const back = await source.history(config(), shared, to);
  expect([back.whole, back.head.subject]).toEqual([false, "Shared"]);

  const far = commitMany(520);
  const long = await source.history(config(), far.at(-1)!, to);
  expect([long.whole, long.gap]).toEqual([false, expect.stringContaining("more than")]);
  expect(long.steps.at(-1)?.commit.revision).toBe(far.at(-1));
});

test("needs no history of a server that gives none by depth", async () => {
  host.protocol0 = true;
  const from = host.create("config", { a: "1" });
  const to = host.commit("config", { a: "2" });
  const { whole, steps } = await open().history(config(), to, from);
  expect([whole, steps.map(({ commit }) => commit.revision)]).toEqual([true, [to]]);
});

test("knows as much as is cheap where nothing was looked at before", async () => {
  const first = host.create("config", { a: "1" });
  const second = host.commit("config", { b: "1" });
  const all = await open().history(config(), second, null);
  expect(all.steps.map(({ commit, paths }) => [commit.revision, paths])).toEqual([
    [first, ["a"]],
    [second, ["b"]],
  ]);
  const many = commitMany(60);
  const some = await open().history(config(), many.at(-1)!, null);
  expect(some.steps.length).toBeGreaterThan(40);
  expect(some.steps.every(({ paths }) => paths.length === 0)).toBe(true);
});
