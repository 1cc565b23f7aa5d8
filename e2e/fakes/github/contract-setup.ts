import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Octokit } from "@octokit/rest";
import { createEmulator } from "emulate";
import { afterEach, beforeEach } from "vitest";
import {
  type GitHost,
  githubApiUrl,
  openGithubRepository,
  parseRepositoryUrl,
} from "#lib/git-hosts/index.ts";
import { type FakeGithub, startFakeGithub } from "./index.ts";

/** The one repository of these tests, and the token of its owner. */
export const owner = "alice";
export const repo = "fleet";
export const token = "token-alice";
const alice = { login: "alice", name: "Alice Andersson", email: "alice@family.example" };
const users = [
  { ...alice, token },
  { login: "bob", name: "Bob Berg", email: "bob@family.example", token: "token-bob" },
];

/** What the tests speak with: GitHub's API as it is, and our client of it. Set anew by `connect…`. */
export let api: Octokit["rest"];
export let host: GitHost;
/** The API as bob speaks with it. */
export let asBob: Octokit["rest"];
let dir: string;
/** What a test has opened; closed after it, newest last. */
export const opened: (() => Promise<unknown>)[] = [];

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
  asBob = new Octokit({ auth: "token-bob", baseUrl: apiUrl, log }).rest;
  host = openGithubRepository({ apiUrl, owner, name: repo, token, retries: 0 });
}

/** Starts the stand-in with one empty repository. */
export async function connectStandIn(): Promise<FakeGithub> {
  const github = await startFakeGithub({ dataDir: dir, users });
  opened.push(() => github.close());
  await github.createRepository(owner, repo, { private: true });
  await connect(githubApiUrl(parseRepositoryUrl(github.cloneUrl(owner, repo))));
  return github;
}

/** Starts emulate by itself, with one repository of one commit. */
export async function connectEmulate() {
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
      tokens: Object.fromEntries(users.map((user) => [user.token, { login: user.login, scopes: ["repo"] }])),
      github: {
        users: users.map(({ token: _, ...user }) => user),
        repos: [{ owner, name: repo, auto_init: true }],
      },
    },
  });
  opened.push(() => emulator.close());
  await connect(`http://127.0.0.1:${port}`);
}

/** Commits files (null removes one) on a branch through the API and answers the new head. */
export async function commit(
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
export async function history() {
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

/** The path that is restored. */
export const production = "environments/production";
/** Restores paths to a commit on the branch that all these tests use. */
export const restore = (targetSha: string, paths = [production]) =>
  host.restorePath({
    paths,
    targetSha,
    branch: "plumbline/rollback-1",
    baseBranch: "main",
    message: "Roll back production",
  });
