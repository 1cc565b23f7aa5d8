import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FakeGithub, startFakeGithub } from "#e2e/fakes/github/index.ts";
import { type GitHost, openGithubRepository } from "#lib/git-hosts/index.ts";
import { canonicalJson } from "#lib/protocol/canonical.ts";
import { restoredPaths } from "#lib/pull-requests/closure.ts";
import { narrowSuffices, planRestore } from "#lib/pull-requests/plan-restore.ts";
import { ensureEngines } from "#scripts/engines/engines.ts";
import { Declaration } from "../../agent/declaration.ts";
import { openRenderer, type Renderer } from "../../agent/render/index.ts";
import { environments, history, importStream } from "./generated-repository.ts";

const token = "token-alice";
let dir: string;
let github: FakeGithub;
let renderer: Renderer;
let repositories = 0;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "plumbline-property-"));
  github = await startFakeGithub({
    dataDir: join(dir, "github"),
    users: [{ login: "alice", name: "Alice", email: "alice@example.com", token }],
  });
  renderer = openRenderer({ engines: await ensureEngines(() => {}), cacheDir: join(dir, "cache") });
});
afterAll(async () => {
  await github.close();
  rmSync(dir, { recursive: true, force: true });
});

const git = (bare: string, ...args: string[]) =>
  execFileSync("git", ["--git-dir", bare, ...args], { encoding: "utf8", maxBuffer: 1 << 28 });

/** A generated repository on the stand-in. */
async function publish(stream: string) {
  const name = `repo-${++repositories}`;
  const bare = join(dir, `${name}.git`);
  execFileSync("git", ["init", "-q", "--bare", "--initial-branch=main", bare]);
  execFileSync("git", ["--git-dir", bare, "fast-import", "--quiet"], { input: stream });
  git(bare, "repack", "-adq");
  await github.seedRepository("alice", name, bare);
  const hosted = join(dir, "github", "git", "alice", `${name}.git`);
  const host = openGithubRepository({ apiUrl: github.apiUrl, owner: "alice", name, token, retries: 0 });
  return { name, bare: hosted, host };
}

type Seen = { text: string; inputs: string[] };

/** What every environment renders to at a commit; what cannot be rendered is its error. */
async function renderAll(bare: string, revision: string, only?: string): Promise<Map<string, Seen>> {
  const directory = mkdtempSync(join(dir, "checkout-"));
  mkdirSync(directory, { recursive: true });
  const archive = execFileSync("git", ["--git-dir", bare, "archive", revision], { maxBuffer: 1 << 28 });
  execFileSync("tar", ["-x", "-C", directory], { input: archive });
  const wanted = environments.filter(({ name }) => !only || name === only);
  const seen = await Promise.all(
    wanted.map(async (environment): Promise<[string, Seen]> => {
      const repository = { url: "https://example.com/x" };
      const declaration = Declaration.parse({ ...environment, repository });
      try {
        const { objects, closure } = await renderer.render({ directory, revision, declaration });
        return [
          environment.name,
          { text: canonicalJson(objects.map(({ object }) => object)), inputs: closure },
        ];
      } catch (error) {
        return [environment.name, { text: `error: ${(error as Error).message}`, inputs: [] }];
      }
    }),
  );
  rmSync(directory, { recursive: true });
  return new Map(seen);
}

const refOf = { ref: "refs/heads/main" };
const treeOf = (bare: string, revision: string) =>
  new Map(
    git(bare, "ls-tree", "-rz", revision)
      .split("\0")
      .filter(Boolean)
      .map((line) => line.split("\t").reverse() as [string, string]),
  );

type Case = {
  host: GitHost;
  bare: string;
  name: string;
  environment: (typeof environments)[number];
  target: string;
};

/** What everybody else reads now. */
const readersOf = (environment: (typeof environments)[number], now: Map<string, Seen>) =>
  environments
    .filter((one) => one.name !== environment.name)
    .map((one) => ({
      id: one.name,
      inputs: restoredPaths(now.get(one.name)!.inputs, one.path),
      recorded: true,
    }));

/** Rolls one environment back and merges it; false where there was nothing to roll back. */
async function rollBack(given: Case, narrow: boolean): Promise<boolean> {
  const { host, bare, name, environment, target } = given;
  const head = git(bare, "rev-parse", "main").trim();
  const [before, then] = [await renderAll(bare, head), await renderAll(bare, target, environment.name)];
  const wanted = then.get(environment.name)!;
  expect(wanted.text).not.toMatch(/^error/);
  if (wanted.text === before.get(environment.name)!.text) return false;
  const others = environments.filter((one) => one.name !== environment.name);
  const readers = readersOf(environment, before);
  const asked = { kind: "rollback", toRevision: target, environment: { ...environment, ...refOf }, readers };
  const plan = await planRestore(host, { ...asked, inputs: wanted.inputs, narrow: false });
  if (narrow && plan.own.length === 0) return false;
  const chosen = narrow ? await planRestore(host, { ...asked, inputs: wanted.inputs, narrow: true }) : plan;
  const candidates = [{ revision: target, inputs: wanted.inputs }];
  const suffices = narrow && (await narrowSuffices(host, plan, candidates, "main"));

  const branch = `plumbline/rollback-${repositories}-${head.slice(0, 7)}-${target.slice(0, 7)}`;
  const restored = await host.restorePath({
    ...{ paths: chosen.paths, targetSha: target, branch, baseBranch: "main", message: "Roll back" },
  });
  expect(git(bare, "rev-list", "--count", `${head}..${restored.commitSha}`).trim()).toBe("1");
  const opened = await host.openPullRequest({ title: "Roll back", body: "", branch, baseBranch: "main" });
  const { sha } = await github.mergePullRequest("alice", name, opened.number);

  const after = await renderAll(bare, sha);
  if (!narrow || suffices) expect(after.get(environment.name)!.text).toBe(wanted.text);
  if (narrow && !suffices) expect(after.get(environment.name)!.text).not.toBe(wanted.text);
  const changed = others.filter((one) => after.get(one.name)!.text !== before.get(one.name)!.text);
  expect(chosen.reached.map(({ reader }) => reader.id)).toEqual(changed.map((one) => one.name));

  const [was, is, should] = [treeOf(bare, head), treeOf(bare, sha), treeOf(bare, target)];
  const touched = new Set(
    narrow
      ? chosen.paths
      : chosen.preview.files.flatMap((file) => [
          file.path,
          ...(file.previousPath ? [file.previousPath] : []),
        ]),
  );
  for (const path of new Set([...was.keys(), ...is.keys()])) {
    // Modes are part of what is compared: executable files and links come back as such.
    if (touched.has(path)) expect([path, is.get(path)]).toEqual([path, should.get(path)]);
    else expect([path, is.get(path)]).toEqual([path, was.get(path)]);
  }
  for (const path of touched) expect([path, is.get(path)]).not.toEqual([path, was.get(path)]);
  return true;
}

test("after a rollback merges, its environment renders as at the target, and only whom the preview named is changed", {
  timeout: 600_000,
}, async () => {
  let [rolledBack, narrowly] = [0, 0];
  const pick = fc.record({
    environment: fc.constantFrom(...environments),
    commit: fc.nat(),
    narrow: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.integer(), fc.array(pick, { minLength: 4, maxLength: 4 }), async (seed, picks) => {
      const published = await publish(importStream(fc.sample(history(200), { seed, numRuns: 1 })[0]!));
      const revisions = git(published.bare, "rev-list", "main").trim().split("\n");
      for (const { environment, commit, narrow } of picks) {
        const target = revisions[commit % revisions.length]!;
        if (!(await rollBack({ ...published, environment, target }, narrow))) continue;
        rolledBack += 1;
        if (narrow) narrowly += 1;
      }
    }),
    { numRuns: 4, endOnFailure: true },
  );
  expect(rolledBack).toBeGreaterThan(4);
  expect(narrowly).toBeLessThan(rolledBack);
});

/** What `git revert` makes of main, as a tree; null where it has a conflict. Renames are not followed. */
function revertByGit(bare: string, commit: string): string | null {
  const clone = mkdtempSync(join(dir, "revert-"));
  const inside = (...args: string[]) =>
    execFileSync("git", ["-C", clone, "-c", "user.name=Ada", "-c", "user.email=ada@example.com", ...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  try {
    inside("clone", "-q", bare, ".");
    const merge = inside("rev-list", "--parents", "-n", "1", commit).split(" ").length > 2;
    inside("revert", "--no-commit", "-X", "no-renames", ...(merge ? ["-m", "1"] : []), commit);
    return inside("write-tree");
  } catch {
    return null;
  } finally {
    rmSync(clone, { recursive: true, force: true });
  }
}

/** Reverts one commit and merges that: "reverted", "refused" where a later change is in the way, "nothing" where it is undone already. */
async function revert(given: Omit<Case, "target"> & { commit: string }) {
  const { host, bare, name, environment, commit } = given;
  const head = git(bare, "rev-parse", "main").trim();
  const before = await renderAll(bare, head);
  const byGit = revertByGit(bare, commit);
  const readers = readersOf(environment, before);
  const asked = {
    kind: "revert",
    toRevision: commit,
    environment: { ...environment, ...refOf },
    readers,
    inputs: null,
  };
  const plan = await planRestore(host, { ...asked, narrow: false }).catch((error: unknown) => {
    expect(error).toMatchObject({ code: "overlapping" });
    return null;
  });
  if (!plan) return "refused";
  if (plan.preview.files.length === 0) return "nothing";
  const { paths, targetSha, undoing } = plan;
  const branch = `plumbline/revert-${head.slice(0, 7)}-${commit.slice(0, 7)}`;
  const restoring = { paths, targetSha, undoing, branch, baseBranch: "main", message: "Revert" };
  const { commitSha } = await host.restorePath(restoring);
  expect(git(bare, "rev-parse", `${commitSha}^{tree}`).trim()).toBe(byGit);
  const opened = await host.openPullRequest({ title: "Revert", body: "", branch, baseBranch: "main" });
  const { sha } = await github.mergePullRequest("alice", name, opened.number);
  expect(git(bare, "rev-parse", `${sha}^{tree}`).trim()).toBe(byGit);
  const after = await renderAll(bare, sha);
  const others = environments.filter((one) => one.name !== environment.name);
  const changed = others.filter((one) => after.get(one.name)!.text !== before.get(one.name)!.text);
  expect(plan.reached.map(({ reader }) => reader.id)).toEqual(changed.map((one) => one.name));
  return "reverted";
}

test("a reverted commit leaves what git revert leaves, and changes whom the preview named and nobody else", {
  timeout: 600_000,
}, async () => {
  const seen = { reverted: 0, refused: 0, nothing: 0 };
  const pick = fc.record({ environment: fc.constantFrom(...environments), back: fc.nat(12) });
  await fc.assert(
    fc.asyncProperty(fc.integer(), fc.array(pick, { minLength: 4, maxLength: 4 }), async (seed, picks) => {
      const published = await publish(importStream(fc.sample(history(60), { seed, numRuns: 1 })[0]!));
      for (const { environment, back } of picks) {
        const commit = git(published.bare, "rev-parse", `main~${back}`).trim();
        seen[await revert({ ...published, environment, commit })] += 1;
      }
    }),
    { numRuns: 2, endOnFailure: true },
  );
  expect(seen.reverted).toBeGreaterThan(1);
});
