import { mkdtempSync, rmSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Octokit } from "@octokit/rest";
import { createEmulator } from "emulate";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  type GitHost,
  githubApiUrl,
  openGithubRepository,
  parseRepositoryUrl,
  pullRequestEventSchema,
  pushEventSchema,
} from "#lib/git-hosts/index.ts";
import { type FakeGithub, startFakeGithub } from "./index.ts";

// Each test runs dozens of Git processes, on machines that may be busy.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const owner = "alice";
const repo = "fleet";
const token = "token-alice";
const alice = { login: "alice", name: "Alice Andersson", email: "alice@family.example" };
const users = [
  { ...alice, token },
  { login: "bob", name: "Bob Berg", email: "bob@family.example", token: "token-bob" },
];

let api: Octokit["rest"];
let host: GitHost;
let dir: string;
const opened: (() => Promise<unknown>)[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "plumbline-contract-"));
});

afterEach(async () => {
  for (const close of opened.splice(0)) await close();
  rmSync(dir, { recursive: true, force: true });
});

async function connect(apiUrl: string) {
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  api = new Octokit({ auth: token, baseUrl: apiUrl, log }).rest;
  host = openGithubRepository({ apiUrl, owner, name: repo, token, retries: 0 });
}

async function connectStandIn(): Promise<FakeGithub> {
  const github = await startFakeGithub({ dataDir: dir, users });
  opened.push(() => github.close());
  await github.createRepository(owner, repo, { private: true });
  await connect(githubApiUrl(parseRepositoryUrl(github.cloneUrl(owner, repo))));
  return github;
}

async function connectEmulate() {
  const port = await new Promise<number>((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port: free } = probe.address() as { port: number };
      probe.close(() => resolve(free));
    });
  });
  const emulator = await createEmulator({
    service: "github",
    port,
    baseUrl: `http://127.0.0.1:${port}`,
    seed: {
      tokens: { [token]: { login: "alice", scopes: ["repo"] } },
      github: { users: [alice], repos: [{ owner, name: repo, auto_init: true }] },
    },
  });
  opened.push(() => emulator.close());
  await connect(`http://127.0.0.1:${port}`);
}

/** Commits files (null removes one) on a branch through the API and answers the new head. */
async function commit(
  files: Record<string, string | null>,
  message: string,
  branch = "main",
): Promise<string> {
  const where = { owner, repo };
  const refs = await api.git.listMatchingRefs({ ...where, ref: `heads/${branch}` });
  const parent = refs.data[0]?.object.sha;
  const base = parent && (await api.git.getCommit({ ...where, commit_sha: parent })).data.tree.sha;
  const entries = Object.entries(files).map(([path, content]) => ({
    path,
    mode: "100644" as const,
    type: "blob" as const,
    ...(content === null ? { sha: null } : { content }),
  }));
  const tree = await api.git.createTree({ ...where, tree: entries, ...(base ? { base_tree: base } : {}) });
  const author = { name: alice.name, email: alice.email, date: "2026-11-10T09:00:00Z" };
  const parents = parent ? [parent] : [];
  const made = await api.git.createCommit({ ...where, message, tree: tree.data.sha, parents, author });
  if (parent) await api.git.updateRef({ ...where, ref: `heads/${branch}`, sha: made.data.sha });
  else await api.git.createRef({ ...where, ref: `refs/heads/${branch}`, sha: made.data.sha });
  return made.data.sha;
}

/** A history in which production changed, gained a file and lost one since `target`. */
async function history() {
  const target = await commit(
    {
      "base/app.yaml": "app: 1\n",
      "environments/production/a.yaml": "replicas: 1\n",
      "environments/production/deep/gone.yaml": "kept: then\n",
      "environments/staging/a.yaml": "replicas: 1\n",
    },
    "Good",
  );
  await commit({ "environments/production/a.yaml": "replicas: 9\n" }, "Scale production");
  const head = await commit(
    {
      "environments/production/new.yaml": "new: true\n",
      "environments/production/deep/gone.yaml": null,
      "environments/staging/a.yaml": "replicas: 2\n",
    },
    "Add a file, remove a file, touch staging",
  );
  return { target, head };
}

const production = "environments/production";
const restore = (targetSha: string, paths = [production]) =>
  host.restorePath({
    paths,
    targetSha,
    branch: "plumbline/rollback-1",
    baseBranch: "main",
    message: "Roll back production",
  });

describe.each([
  ["the stand-in", connectStandIn],
  ["emulate alone", connectEmulate],
])("a GitHub repository on %s", (_name, connectTo) => {
  beforeEach(async () => {
    await connectTo();
  });

  test("a restored path has the very tree it had, files added since are gone, everything else is kept", async () => {
    const { target, head } = await history();
    const restored = await restore(target);
    expect(restored).toMatchObject({ created: true, parentSha: head, branch: "plumbline/rollback-1" });
    expect(await host.treeAt(restored.commitSha, production)).toEqual(
      await host.treeAt(target, `./${production}/`),
    );
    expect(await host.treeAt(restored.commitSha, "environments/staging")).toEqual(
      await host.treeAt(head, "environments/staging"),
    );
    expect(await host.treeAt(restored.commitSha, `${production}/new.yaml`)).toBeUndefined();
    expect(await host.fileAt(restored.commitSha, `${production}/a.yaml`)).toBe("replicas: 1\n");
    expect(await host.fileAt(restored.commitSha, production)).toBeUndefined();
    const made = await host.getCommit(restored.commitSha);
    expect(made).toMatchObject({ message: "Roll back production", parents: [head] });
    const { files } = await host.compare("main", restored.branch);
    expect(files.map((file) => [file.path, file.status])).toEqual([
      [`${production}/a.yaml`, "modified"],
      [`${production}/deep/gone.yaml`, "added"],
      [`${production}/new.yaml`, "removed"],
    ]);
  });

  test("a preview says what restoring would change, as the restored commit then does", async () => {
    const { target, head } = await history();
    await commit({ "environments/staging/b.yaml": "b: 1\n" }, "Touch staging again");
    const preview = await host.previewRestore({ paths: [production], targetSha: target, baseBranch: "main" });
    expect(preview).toMatchObject({ truncated: false, baseSha: await host.getBranchHead("main") });
    const { files } = await host.compare("main", (await restore(target)).branch);
    expect(preview.files).toEqual(files);
    expect(files[0]?.patch).toContain("-replicas: 9\n+replicas: 1");
    expect(head).not.toBe(preview.baseSha);
  });

  test.each(["with", "without"])(
    "a preview names the files where history was rewritten, %s a common ancestor",
    async (which) => {
      const root = await commit({ "base/app.yaml": "app: 0\n" }, "Root");
      const { target, head } = await history();
      const { data } = await api.git.getCommit({ owner, repo, commit_sha: head });
      const parents = which === "with" ? [root] : [];
      const rewritten = await api.git.createCommit({
        owner,
        repo,
        message: "Rewritten",
        tree: data.tree.sha,
        parents,
      });
      await api.git.createRef({ owner, repo, ref: "refs/heads/rewritten", sha: rewritten.data.sha });
      const ask = { paths: [production], targetSha: target, baseBranch: "rewritten" };
      const preview = await host.previewRestore(ask);
      expect(preview).toMatchObject({ truncated: true, baseSha: rewritten.data.sha });
      expect(preview.files.map((file) => [file.path, file.status])).toEqual([
        [`${production}/a.yaml`, "modified"],
        [`${production}/deep/gone.yaml`, "added"],
        [`${production}/new.yaml`, "removed"],
      ]);
      await expect(host.previewRestore({ ...ask, targetSha: "0".repeat(40) })).rejects.toMatchObject({
        code: "not-found",
      });
    },
  );

  test("restoring again finds the branch and makes nothing new", async () => {
    const { target } = await history();
    const first = await restore(target);
    await commit({ "base/app.yaml": "app: 2\n" }, "Main moves on");
    expect(await restore(target)).toEqual({ ...first, created: false });
    expect(await host.getBranchHead("plumbline/rollback-1")).toBe(first.commitSha);
  });

  test("a branch of that name which holds something else is left alone", async () => {
    const { target, head } = await history();
    await api.git.createRef({ owner, repo, ref: "refs/heads/plumbline/rollback-1", sha: head });
    await expect(restore(target)).rejects.toMatchObject({ code: "conflict" });
    expect(await host.getBranchHead("plumbline/rollback-1")).toBe(head);
  });

  test("a directory that did not exist at the target is removed", async () => {
    const { target } = await history();
    await commit({ "environments/qa/a.yaml": "x\n" }, "Add qa");
    const restored = await restore(target, ["environments/qa"]);
    expect(await host.treeAt(restored.commitSha, "environments/qa")).toBeUndefined();
    expect(await host.treeAt(restored.commitSha, production)).toBeDefined();
  });

  test("commits of a path are listed newest first, with the account of their author", async () => {
    await history();
    const commits = await host.listCommits({ path: production });
    expect(commits.map((made) => made.message).slice(0, 3)).toEqual([
      "Add a file, remove a file, touch staging",
      "Scale production",
      "Good",
    ]);
    expect(commits[0]).toMatchObject({ authorName: "Alice Andersson", committedAt: "2026-11-10T09:00:00Z" });
    expect(await host.listCommits({ limit: 1 })).toHaveLength(1);
    expect(await host.listCommits({ path: production, since: "2026-11-11T00:00:00Z" })).toEqual([]);
  });

  test("a pull request is opened once, found by its branch, and known as merged with its commit", async () => {
    const { target } = await history();
    const restored = await restore(target);
    const ask = {
      title: "Roll back production",
      body: "Because",
      branch: restored.branch,
      baseBranch: "main",
    };
    expect(await host.findPullRequestByBranch(restored.branch)).toBeUndefined();
    const pull = await host.openPullRequest(ask);
    expect(pull).toMatchObject({
      state: "open",
      headSha: restored.commitSha,
      baseBranch: "main",
      mergeCommitSha: null,
    });
    expect((await host.openPullRequest(ask)).number).toBe(pull.number);
    expect((await host.findPullRequestByBranch(restored.branch))?.number).toBe(pull.number);
    await api.pulls.merge({ owner, repo, pull_number: pull.number, merge_method: "merge" });
    const merged = await host.getPullRequest(pull.number);
    expect(merged).toMatchObject({ state: "merged", mergeCommitSha: await host.getBranchHead("main") });
    expect(await host.treeAt(merged.mergeCommitSha!, production)).toEqual(
      await host.treeAt(target, production),
    );
  });

  test("what is not there is not found", async () => {
    const { head } = await history();
    await expect(host.getBranchHead("nowhere")).rejects.toMatchObject({ code: "not-found" });
    await expect(host.getPullRequest(99)).rejects.toMatchObject({ code: "not-found" });
    await expect(restore(head, ["no/such/path"])).rejects.toMatchObject({ code: "not-found" });
    await expect(restore(head, ["../outside"])).rejects.toMatchObject({ code: "not-found" });
    await expect(restore(head)).rejects.toMatchObject({ code: "conflict" });
  });
});

describe("a GitHub repository on the stand-in", () => {
  let github: FakeGithub;

  beforeEach(async () => {
    github = await connectStandIn();
  });

  test("two restores at once make one branch, and both answer it", async () => {
    const { target } = await history();
    const [one, other] = await Promise.all([restore(target), restore(target)]);
    expect(one.commitSha).toBe(other.commitSha);
    expect([one.created, other.created].filter(Boolean)).toHaveLength(1);
  });

  test("approvals, checks and conflicts of a pull request are read", async () => {
    const { target } = await history();
    const { branch, commitSha } = await restore(target);
    github.protectBranch(owner, repo, "main", { requiredApprovals: 1, requiredContexts: [] });
    const { number } = await host.openPullRequest({ title: "Back", body: "", branch, baseBranch: "main" });
    expect(await host.getPullRequest(number)).toMatchObject({
      mergeable: "blocked",
      checks: "none",
      approvals: [],
    });
    github.approvePullRequest(owner, repo, number, "bob");
    const status = { sha: commitSha, context: "plumbline/production", description: "x".repeat(200) };
    await host.setCommitStatus({ ...status, state: "pending" });
    expect(await host.getPullRequest(number)).toMatchObject({ mergeable: "clean", checks: "pending" });
    await host.setCommitStatus({ ...status, state: "success", targetUrl: "http://localhost/environments/1" });
    expect(await host.getPullRequest(number)).toMatchObject({
      checks: "passing",
      approvals: [{ login: "bob" }],
    });
    github.protectBranch(owner, repo, "main", undefined);
    await commit({ [`${production}/a.yaml`]: "replicas: 12\n" }, "Elsewhere");
    expect(await host.getPullRequest(number)).toMatchObject({ mergeable: "conflicting" });
    github.closePullRequest(owner, repo, number);
    expect(await host.getPullRequest(number)).toMatchObject({ state: "closed", mergeCommitSha: null });
  });

  test("every way of refusing has its code, says what to do, and never repeats the token", async () => {
    const { target } = await history();
    const cases = [
      [{ status: 401 }, "unauthorized"],
      [{ status: 403 }, "forbidden"],
      [
        { status: 403, headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1900000000" } },
        "rate-limited",
      ],
      [{ status: 429, headers: { "retry-after": "30" } }, "rate-limited"],
      [{ status: 404 }, "not-found"],
      [{ status: 409 }, "conflict"],
      [{ status: 422, message: "Changes must be made through a pull request." }, "protected"],
      [{ status: 502, message: `proxy saw ${token}` }, "unavailable"],
    ] as const;
    for (const [failure, code] of cases) {
      github.fail({ route: "/git/ref/", ...failure });
      const error = await host.getBranchHead("main").catch((thrown) => thrown);
      expect(error).toMatchObject({ name: "GitHostError", code });
      expect(error.nextStep).not.toBe("");
      expect(`${error.message} ${error.stack} ${JSON.stringify(error)}`).not.toContain(token);
      if (code === "rate-limited") expect(error.retryAt).toBeInstanceOf(Date);
    }
    github.archiveRepository(owner, repo);
    await expect(restore(target)).rejects.toMatchObject({ code: "archived" });
    github.archiveRepository(owner, repo, false);
    github.setPermission(owner, repo, "alice", "read");
    await expect(restore(target)).rejects.toMatchObject({ code: "forbidden" });
    github.revokeToken(token);
    await expect(restore(target)).rejects.toMatchObject({ code: "unauthorized" });
    await opened.pop()!();
    await expect(restore(target)).rejects.toMatchObject({ code: "unavailable" });
  });

  test("a failure that passes is repeated without anybody noticing", async () => {
    const { head } = await history();
    const patient = openGithubRepository({ apiUrl: github.apiUrl, owner, name: repo, token, retries: 1 });
    github.fail({ route: "/git/ref/", status: 503 });
    expect(await patient.getBranchHead("main")).toBe(head);
  });

  test("a comparison of more files than GitHub sends says that it is cut", async () => {
    const files = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`f/${i}.yaml`, "n: 0\n"]));
    await commit({ "base.yaml": "a: 1\n" }, "Start");
    const base = await commit({ "base.yaml": "a: 2\n" }, "Change one");
    const few = await host.compare(`${base}`, await commit(files(3), "A few"));
    expect(few).toMatchObject({ truncated: false, status: "ahead", totalCommits: 1 });
    expect(few.files[0]).toMatchObject({ path: "f/0.yaml", status: "added", patch: "@@ -0,0 +1 @@\n+n: 0" });
    const many = await host.compare(base, await commit(files(305), "Many"));
    expect(many.truncated).toBe(true);
    expect(many.files).toHaveLength(300);
    expect(await host.compare("main", base)).toMatchObject({ status: "behind", headSha: base, files: [] });
  });

  test("its webhooks are what our schemas read", async () => {
    const events: { name: string; body: unknown }[] = [];
    const receiver = createHttpServer(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += chunk;
      events.push({ name: String(request.headers["x-github-event"]), body: JSON.parse(body) });
      response.end();
    });
    await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
    opened.push(async () => receiver.close());
    github.setWebhook({
      url: `http://127.0.0.1:${(receiver.address() as { port: number }).port}/`,
      secret: "s",
    });
    const { target } = await history();
    const { branch } = await restore(target);
    const { number } = await host.openPullRequest({ title: "Back", body: "", branch, baseBranch: "main" });
    await github.mergePullRequest(owner, repo, number, "bob");
    await api.git.deleteRef({ owner, repo, ref: `heads/${branch}` });
    await github.deliveries();
    const pushes = events
      .filter(({ name }) => name === "push")
      .map(({ body }) => pushEventSchema.parse(body));
    const pulls = events
      .filter(({ name }) => name === "pull_request")
      .map(({ body }) => pullRequestEventSchema.parse(body));
    expect(pushes.length + pulls.length).toBe(events.length);
    expect(pulls.map((event) => [event.action, event.pull_request.merged])).toEqual([
      ["opened", false],
      ["closed", true],
    ]);
    expect(pushes.at(-1)).toMatchObject({ deleted: true, ref: `refs/heads/${branch}`, commits: [] });
  });

  test("a host that never answers is unavailable", async () => {
    const silent = createHttpServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    opened.push(async () => {
      silent.closeAllConnections();
      silent.close();
    });
    const apiUrl = `http://127.0.0.1:${(silent.address() as { port: number }).port}`;
    const mute = openGithubRepository({ apiUrl, owner, name: repo, token, retries: 0, timeoutMs: 50 });
    await expect(mute.getBranchHead("main")).rejects.toMatchObject({ code: "unavailable", retryable: true });
  });

  test("a repository says whether its token may push, and that it is archived", async () => {
    expect(await host.getRepository()).toEqual({
      url: `${github.webUrl}/${owner}/${repo}`,
      defaultBranch: "main",
      private: true,
      archived: false,
      canPush: true,
    });
    github.setPermission(owner, repo, "alice", "read");
    github.archiveRepository(owner, repo);
    expect(await host.getRepository()).toMatchObject({ canPush: false, archived: true });
    github.setPermission(owner, repo, "alice", "none");
    await expect(host.getRepository()).rejects.toMatchObject({ code: "not-found" });
  });

  test("an empty repository has no branch yet, and says so", async () => {
    await expect(host.getBranchHead("main")).rejects.toMatchObject({ code: "not-found" });
    expect(await host.listCommits({})).toEqual([]);
  });
});
