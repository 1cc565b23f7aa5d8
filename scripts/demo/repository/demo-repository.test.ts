import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { gitText, runGit } from "#e2e/fakes/github/git.ts";
import { startFakeGithub } from "#e2e/fakes/github/index.ts";
import { type Engines, ensureEngines } from "#scripts/engines/engines.ts";
import { buildDemoRepository, type DemoCommit, demoEnvironments, nextDemoCommit, people } from "./index.ts";

const run = promisify(execFile);
const now = new Date("2026-11-20T15:04:05Z");
let dir: string;
let bare: string;
let commits: DemoCommit[];
let engines: Engines;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "plumbline-fleet-"));
  bare = join(dir, "fleet.git");
  engines = await ensureEngines(() => {});
  commits = (await buildDemoRepository({ dir: bare, now })).commits;
});

afterAll(() => rmSync(dir, { recursive: true, force: true }));

test("the history is dozens of commits by several people over the last ten days, in order", async () => {
  expect(commits.length).toBeGreaterThanOrEqual(40);
  expect(new Set(commits.map((commit) => commit.login))).toEqual(new Set(Object.keys(people)));
  const times = commits.map((commit) => commit.date.getTime());
  expect(times).toEqual([...times].sort((a, b) => a - b));
  expect(now.getTime() - times[0]!).toBeLessThan(10 * 24 * 3_600_000);
  expect(times.at(-1)).toBeLessThan(now.getTime());
  expect(await gitText(["--git-dir", bare, "rev-list", "--reverse", "main"])).toBe(
    commits.map((c) => c.sha).join("\n"),
  );
  await gitText(["--git-dir", bare, "fsck", "--strict"]);
});

test("every commit changes something", async () => {
  const trees = await gitText(["--git-dir", bare, "log", "--format=%T", "main"]);
  const sequence = trees.split("\n");
  for (let i = 1; i < sequence.length; i += 1) expect(sequence[i]).not.toBe(sequence[i - 1]);
});

test("the same moment gives the same SHAs", async () => {
  const again = await buildDemoRepository({ dir: join(dir, "again.git"), now });
  expect(again.head).toBe(commits.at(-1)!.sha);
});

test("a revert names the commit it takes back", async () => {
  const reverting = commits.find((commit) => commit.message.startsWith("Revert "))!;
  const named = /This reverts commit ([0-9a-f]{40})\./.exec(reverting.message)?.[1];
  expect(commits.find((commit) => commit.sha === named)?.message).toBe(/"(.*)"/.exec(reverting.message)?.[1]);
});

/** Checks the tree of a commit out below `dir` and answers where. */
async function checkout(sha: string): Promise<string> {
  const target = join(dir, sha);
  mkdirSync(target);
  const { stdout } = await runGit(["--git-dir", bare, "archive", "--format=tar", sha]);
  const tar = run("tar", ["-x", "-C", target]);
  tar.child.stdin!.end(stdout);
  await tar;
  return target;
}

test("every overlay renders at every commit, but for dev at the one that the next repairs", async () => {
  const failed: string[] = [];
  // An overlay is rendered again only when something that it is made from has changed.
  const seen = new Set<string>();
  for (const commit of commits) {
    const of = (path: string) => gitText(["--git-dir", bare, "rev-parse", `${commit.sha}:${path}`]);
    const shared = `${await of("apps")} ${await of("base")}`;
    const changed: string[] = [];
    for (const { path, renderer } of demoEnvironments) {
      const inputs = renderer === "kustomize" ? `${shared} ${await of(path)}` : "";
      if (inputs && !seen.has(inputs)) changed.push(path);
      seen.add(inputs);
    }
    if (changed.length === 0) continue;
    const tree = await checkout(commit.sha);
    const render = (path: string) =>
      run(engines.kubectl, ["kustomize", join(tree, path)]).catch(() =>
        failed.push(`${commit.message}: ${path}`),
      );
    await Promise.all(changed.map(render));
    rmSync(tree, { recursive: true });
  }
  expect(failed).toEqual(commits.filter((c) => c.broken).map((c) => `${c.message}: environments/dev`));
  expect(failed).toHaveLength(1);
});

test("the platform's plain manifests are objects with kind and name at every commit", async () => {
  const trees = new Set<string>();
  for (const { sha } of commits) {
    const tree = await gitText(["--git-dir", bare, "rev-parse", `${sha}:platform`]);
    if (trees.has(tree)) continue;
    trees.add(tree);
    for (const file of (await gitText(["--git-dir", bare, "ls-tree", "--name-only", tree])).split("\n")) {
      const text = await gitText(["--git-dir", bare, "cat-file", "blob", `${tree}:${file}`]);
      for (const document of parseAllDocuments(text)) {
        expect(document.errors).toEqual([]);
        expect(document.toJS()).toMatchObject({
          kind: expect.any(String),
          metadata: { name: expect.any(String) },
        });
      }
    }
  }
  expect(trees.size).toBeGreaterThan(3);
});

test("the payments chart renders at every commit that touched it, with each values file", async () => {
  const touched = await gitText([
    "--git-dir",
    bare,
    "log",
    "--format=%H",
    "main",
    "--",
    "charts",
    "payments",
  ]);
  const shas = touched.split("\n");
  expect(shas.length).toBeGreaterThan(3);
  for (const sha of shas) {
    const tree = await checkout(sha);
    for (const name of ["staging", "production"]) {
      const values = join(tree, "payments", `${name}.yaml`);
      const args = [
        "template",
        "payments",
        join(tree, "charts/payments"),
        "--namespace",
        "payments",
        "--values",
        values,
      ];
      const { stdout } = await run(engines.helm, args);
      expect(stdout.match(/^kind: \w+/gm)).toEqual(
        ["Namespace", "ConfigMap", "Service", "Deployment"].map((kind) => `kind: ${kind}`),
      );
    }
    rmSync(tree, { recursive: true });
  }
});

test("each next commit is pushed by somebody of the team and changes what an environment is made from", async () => {
  const github = await startFakeGithub({
    dataDir: join(dir, "github"),
    users: Object.values(people).map((p) => ({ ...p })),
  });
  try {
    await github.seedRepository("family-insurance", "fleet", bare, { private: true });
    const url = github.cloneUrl("family-insurance", "fleet");
    const token = github.tokenOf("alice");
    const messages = new Set<string>();
    let parent = commits.at(-1)!.sha;
    let seed = 7;
    const random = () => {
      seed = (seed * 16_807) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    for (let i = 0; i < 8; i += 1) {
      const pushed = await nextDemoCommit(url, { token, random });
      const served = join(dir, "github/git/family-insurance/fleet.git");
      const [sha, before, email] = (
        await gitText(["--git-dir", served, "log", "-1", "--format=%H %P %ae", "main"])
      ).split(" ");
      expect([sha, before, email]).toEqual([pushed.sha, parent, people[pushed.login].email]);
      messages.add(pushed.message);
      parent = pushed.sha;
    }
    expect(messages.size).toBeGreaterThan(5);
    await expect(nextDemoCommit(url, { token: "wrong", random })).rejects.toThrow();
  } finally {
    await github.close();
  }
});
