import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Octokit } from "@octokit/rest";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { FailureSwitch } from "#e2e/fakes/github/front-door.ts";
import { type FakeGithub, startFakeGithub } from "#e2e/fakes/github/index.ts";
import type { Context } from "#lib/auth/context.ts";
import { getEnvironment } from "#lib/environments/get-environment.ts";
import { releaseEnvironment } from "#lib/environments/release-environment.ts";
import { sweepPullRequests } from "#lib/jobs/sweep-pull-requests.ts";
import type { Commit } from "#lib/protocol/report.ts";
import { getPullRequest } from "#lib/pull-requests/list-pull-requests.ts";
import { openRollback } from "#lib/pull-requests/open-rollback.ts";
import { previewRollback } from "#lib/pull-requests/preview-rollback.ts";
import { retryRollback } from "#lib/pull-requests/retry-rollback.ts";
import { connectRepository } from "#lib/repositories/connect-repository.ts";
import { listRepositories } from "#lib/repositories/list-repositories.ts";
import { openTestDatabase, type TestDatabase } from "#lib/testing/database.ts";
import { digest, makeEnvironment, makeTenant, report, sync } from "#lib/testing/tenant.ts";
import { freePort } from "#scripts/processes/ports.ts";
import { type RunningServer, startServer } from "./server.ts";

const secret = "a webhook secret of tests";
const token = "token-of-alice";
const bobs = "token-of-bob";
const where = { owner: "alice", repo: "fleet" };
const file = "environments/production/a.yaml";
const stream = randomUUID();
let dir: string;
let github: FakeGithub;
let database: TestDatabase;
let server: RunningServer;
let ctx: Context;
let environment: Awaited<ReturnType<typeof makeEnvironment>>;
let first: Commit;
let second: Commit;
let sequence = 0;
let auth = token;
/** The rollback that the test at hand asked for; closed after it. */
let id = "";

const rest = () =>
  new Octokit({ auth, baseUrl: github.apiUrl, log: { debug() {}, info() {}, error() {}, warn() {} } }).rest;
const row = () => getPullRequest({ ctx, input: { id } });
const until = (situation: string | RegExp) =>
  expect.poll(async () => (await row()).situation).toMatch(situation);
/** Until whatever was heard of the pull request has been dealt with: nothing writes of it any more. */
const calm = () =>
  expect
    .poll(async () => {
      const { rows } = await database.owner.query(`select name from pgboss.job where state <= 'active'`);
      return rows;
    })
    .toEqual([]);
const pulls = async () => (await rest().pulls.list({ ...where, state: "all", per_page: 100 })).data.length;
/** Past the time after which the sweep asks about what is open. */
let ahead = 0;
const sweep = () => {
  ahead += 60_000;
  return sweepPullRequests(new Date(Date.now() + ahead));
};

async function commitFile(content: string, message: string): Promise<Commit> {
  const { git, repos } = rest();
  const parent = (await git.listMatchingRefs({ ...where, ref: "heads/main" })).data[0]?.object.sha;
  const entry = { path: file, mode: "100644" as const, type: "blob" as const, content };
  const tree = (await git.createTree({ ...where, tree: [entry] })).data.sha;
  const { sha } = (await git.createCommit({ ...where, message, tree, parents: parent ? [parent] : [] })).data;
  if (parent) await git.updateRef({ ...where, ref: "heads/main", sha });
  else await git.createRef({ ...where, ref: "refs/heads/main", sha });
  const { data } = await repos.getCommit({ ...where, ref: sha });
  const committedAt = new Date(data.commit.committer!.date!).toISOString();
  return { revision: sha, author: "Alice", committedAt, subject: message };
}

const convergedAt = (head: Commit, text: string, inputs = [file]) =>
  environment.send(
    report("production", stream, ++sequence, {
      head,
      renderedDigest: digest(text),
      syncs: [sync(head, { renderedDigest: digest(text) })],
      revisions: [{ commit: head, renderedDigest: digest(text), inputs }],
    }),
  );

async function ask(over: object = {}) {
  const input = { environmentId: environment.id, toRevision: first.revision, reason: "Nine are too many" };
  ({ id } = await openRollback({ ctx, input: { ...input, ...over } }));
}

/** Asks for a rollback that is refused so once `provoke` has been done, then tries again once `mend` has been done: one pull request comes of it. */
async function refused(
  situation: string,
  [sentence, nextStep]: [RegExp, RegExp],
  provoke: () => unknown,
  mend: () => unknown,
) {
  const before = await pulls();
  await provoke();
  await ask();
  await until(situation);
  expect(await row()).toMatchObject({
    retryable: true,
    sentence: expect.stringMatching(sentence),
    nextStep: expect.stringMatching(nextStep),
    number: null,
  });
  expect((await row()).problem).not.toContain(token);
  await mend();
  await retryRollback({ ctx, input: { id } });
  await until(/^(ready|open)$/);
  expect(await pulls()).toBe(before + 1);
}

/** The two turns of `refused` for requests that fail until they are mended, whoever else asks meanwhile. */
function failing(failure: Omit<FailureSwitch, "times">) {
  let mend = () => {};
  const provoke = () => {
    mend = github.fail({ ...failure, times: Number.POSITIVE_INFINITY });
  };
  return [provoke, () => mend()] as const;
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "plumbline-refusals-"));
  github = await startFakeGithub({
    dataDir: dir,
    users: [
      { login: "alice", name: "Alice", email: "alice@example.com", token },
      { login: "bob", name: "Bob", email: "bob@example.com", token: bobs },
    ],
  });
  await github.createRepository("alice", "fleet", { private: true });
  database = await openTestDatabase({
    PLUMBLINE_ROLES: "gateway,worker",
    PORT: String(await freePort()),
    GITHUB_WEB_URL: github.webUrl,
    GITHUB_API_URL: github.apiUrl,
    GITHUB_WEBHOOK_SECRET: secret,
  });
  server = await startServer(database.env);
  github.setWebhook({ url: `${server.url}/api/webhooks/github`, secret });
  ({ ctx } = await makeTenant("Refusals"));
  environment = await makeEnvironment(ctx, "main", "production", {
    repository: github.cloneUrl("alice", "fleet"),
  });
  first = await commitFile("replicas: 1\n", "One replica");
  await convergedAt(first, "one");
  second = await commitFile("replicas: 9\n", "Nine replicas");
  await convergedAt(second, "nine");
  await connect(token);
});
afterAll(async () => {
  await server.stop();
  await database.close();
  await github.close();
  rmSync(dir, { recursive: true, force: true });
});

async function connect(given: string) {
  const [repository] = (await listRepositories({ ctx })).repositories;
  await connectRepository({ ctx, input: { repositoryId: repository!.id, token: given } });
}

afterEach(async () => {
  const { status, number } = await row();
  if (status === "open") github.closePullRequest("alice", "fleet", number!);
  await expect.poll(async () => (await row()).status).not.toMatch(/open|requested/);
});

test("an archived repository", () =>
  refused(
    "archived",
    [/alice\/fleet is archived/, /Unarchive it on GitHub, then try again/],
    () => github.archiveRepository("alice", "fleet"),
    () => github.archiveRepository("alice", "fleet", false),
  ));

test("a missing permission", () =>
  refused(
    "forbidden",
    [/may not do this/, /write access to contents and pull requests, then try again/],
    () => github.setPermission("alice", "fleet", "alice", "read"),
    () => github.setPermission("alice", "fleet", "alice", "write"),
  ));

test("a repository that is gone", () =>
  refused(
    "repository-gone",
    [/alice\/fleet is not there/, /Restore or rename it back on GitHub/],
    () => github.setPermission("alice", "fleet", "alice", "none"),
    () => github.setPermission("alice", "fleet", "alice", "write"),
  ));

test("a branch protection that refuses the branch", () => {
  const message = "Repository rule violations found";
  const refusal = { route: /POST .*\/git\/refs$/, status: 422, message };
  return refused(
    "protected",
    [/rules refuse the branch plumbline\/rollback-production/, /create branches named plumbline\/\*/],
    ...failing(refusal),
  );
});

test("a branch of that name that holds something else", () => {
  // The name that the next one has: its environment, where it goes and whence, and how often before.
  const name = `plumbline/rollback-production-${environment.id.slice(0, 6)}-${first.revision.slice(0, 7)}-from-${second.revision.slice(0, 7)}-5`;
  const { git } = rest();
  return refused(
    "branch-taken",
    [/holds something else/, /Delete that branch on GitHub/],
    () => git.createRef({ ...where, ref: `refs/heads/${name}`, sha: second.revision }),
    () => git.deleteRef({ ...where, ref: `heads/${name}` }),
  );
});

test("a base branch that was deleted", () => {
  const { git } = rest();
  return refused(
    "base-gone",
    [/branch main.*is not there/, /Create it again on GitHub/],
    () => git.deleteRef({ ...where, ref: "heads/main" }),
    () => git.createRef({ ...where, ref: "refs/heads/main", sha: second.revision }),
  );
});

test("a rate limit says until when, and is waited for", async () => {
  const reset = Math.floor(Date.now() / 1000) + 3600;
  const headers = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": `${reset}` };
  const message = "API rate limit exceeded";
  const [limit, lift] = failing({ route: /GET .*\/pulls$/, status: 403, headers, message });
  const at = new Date(reset * 1000).toISOString().slice(11, 16);
  const said: [RegExp, RegExp] = [new RegExp(`until ${at} UTC`), /goes on by itself then/];
  await refused("rate-limited", said, limit, lift);
  const before = await pulls();
  github.closePullRequest("alice", "fleet", (await row()).number!);
  await until("closed");
  limit();
  await ask();
  await until("rate-limited");
  lift();
  await sweepPullRequests(new Date((reset + 1) * 1000));
  await until(/^(ready|open)$/);
  expect(await pulls()).toBe(before + 1);
});

test("a host that does not answer is tried again without being asked", async () => {
  const before = await pulls();
  const [provoke, mend] = failing({ route: /GET .*\/pulls$/, status: 502 });
  provoke();
  await ask();
  await until("unreachable");
  expect(await row()).toMatchObject({ status: "requested", retryable: true });
  mend();
  await until(/^(ready|open)$/);
  expect(await pulls()).toBe(before + 1);
});

const branch = async () =>
  (await database.owner.query("select branch from pull_requests where id = $1", [id])).rows[0]
    .branch as string;

test("what a first try opened is found by its trailer, even merged, and no second one is opened", async () => {
  await ask();
  await until(/^(ready|open)$/);
  const { number } = await row();
  const before = await pulls();
  const { data } = await rest().pulls.get({ ...where, pull_number: number! });
  expect(data.body).toContain(`Plumbline-Rollback: ${id}\nPlumbline-Environment: main/production\n`);
  const commit = await rest().repos.getCommit({ ...where, ref: data.head.sha });
  expect(commit.data.commit.message).toContain(`Plumbline-Rollback: ${id}`);
  github.closePullRequest("alice", "fleet", number!);
  await until("closed");
  await calm();
  // As after a crash between opening it and writing that down.
  await database.owner.query(
    "update pull_requests set status = 'failed', failure = 'unreachable', number = null, closed_at = null where id = $1",
    [id],
  );
  await retryRollback({ ctx, input: { id } });
  await until("closed");
  expect(await row()).toMatchObject({ number });
  expect(await pulls()).toBe(before);
});

test("closed unmerged, reopened, and its branch deleted: each is followed", async () => {
  await ask();
  await until(/^(ready|open)$/);
  const number = (await row()).number!;
  github.closePullRequest("alice", "fleet", number);
  await until("closed");
  const opened = await pulls();
  expect(await row()).toMatchObject({
    sentence: `#${number} was closed without a merge. Nothing was changed.`,
    nextStep: expect.stringMatching(/Reopen it on GitHub/),
  });
  await expect(retryRollback({ ctx, input: { id } })).rejects.toMatchObject({ code: "conflict" });
  github.reopenPullRequest("alice", "fleet", number);
  await until(/^(ready|open)$/);
  expect((await row()).closedAt).toBeNull();
  await rest().git.deleteRef({ ...where, ref: `heads/${await branch()}` });
  await until("branch-gone");
  expect(await row()).toMatchObject({
    retryable: false,
    sentence: `#${number} was closed without a merge, and its branch ${await branch()} is deleted. Nothing was changed.`,
    nextStep: expect.stringMatching(/Restore the branch on GitHub and reopen the pull request/),
  });
  await expect(retryRollback({ ctx, input: { id } })).rejects.toMatchObject({ code: "conflict" });
  expect(await pulls()).toBe(opened);
});

test("checks, approvals and conflicts of an open one are told", async () => {
  await ask();
  await until(/^(ready|open)$/);
  const number = (await row()).number!;
  const { sha } = (await rest().pulls.get({ ...where, pull_number: number })).data.head;
  const status = async (state: "pending" | "failure" | "success") => {
    await rest().repos.createCommitStatus({ ...where, sha, state, context: "ci" });
    await sweep();
    return (await row()).situation;
  };
  expect(await status("pending")).toBe("checks-pending");
  expect(await status("failure")).toBe("checks-failing");
  github.protectBranch("alice", "fleet", "main", { requiredApprovals: 1, requiredContexts: [] });
  expect(await status("success")).toBe("blocked");
  expect(await row()).toMatchObject({
    sentence: `#${number} needs an approval before it can be merged.`,
    nextStep: "Ask a reviewer to approve it on GitHub.",
  });
  github.approvePullRequest("alice", "fleet", number, "bob");
  await sweep();
  expect(await row()).toMatchObject({
    situation: "ready",
    sentence: expect.stringContaining("approved by bob"),
  });
  github.protectBranch("alice", "fleet", "main", undefined);
  // The agent has not looked yet: the environment is still at the second commit.
  await commitFile("replicas: 5\n", "Five replicas");
  await sweep();
  expect(await row()).toMatchObject({
    situation: "conflicting",
    sentence: `#${number} conflicts with what main has become.`,
    nextStep: expect.stringMatching(/roll back again/),
  });
  const opened = await pulls();
  await expect(retryRollback({ ctx, input: { id } })).rejects.toMatchObject({ code: "conflict" });
  expect(await pulls()).toBe(opened);
});

test("a revoked token shows on an open one, too, and another token goes on with it", async () => {
  await commitFile("replicas: 9\n", "Nine replicas again");
  await ask();
  await until(/^(ready|open)$/);
  const number = (await row()).number!;
  github.revokeToken(token);
  auth = bobs;
  await sweep();
  expect(await row()).toMatchObject({ status: "open", situation: "unauthorized", retryable: true, number });
  await connect(bobs);
  await retryRollback({ ctx, input: { id } });
  await sweep();
  expect(await row()).toMatchObject({ situation: "ready", problem: null, number });
});

test("what is so already is not opened", async () => {
  await commitFile("replicas: 1\n", "One replica again");
  await ask();
  await until("nothing-to-do");
  await expect(retryRollback({ ctx, input: { id } })).rejects.toMatchObject({ code: "conflict" });
  await commitFile("replicas: 9\n", "And nine again");
});

test("whom it reaches is told with the files, and the environment is held until somebody lifts that", async () => {
  const reached = await makeEnvironment(ctx, "other", "staging", {
    repository: github.cloneUrl("alice", "fleet"),
  });
  const seen = { head: second, revisions: [{ commit: second, renderedDigest: digest("s"), inputs: [file] }] };
  await reached.send(report("staging", randomUUID(), 1, seen));
  const preview = await previewRollback({
    ctx,
    input: { environmentId: environment.id, toRevision: first.revision },
  });
  expect(preview).toMatchObject({
    inputsRecorded: true,
    reaches: [{ environment: { name: "staging", cluster: "other" }, files: [file], recorded: true }],
    narrower: null,
    cautions: [],
  });
  await ask();
  await until(/^(ready|open)$/);
  const { sha } = await github.mergePullRequest("alice", "fleet", (await row()).number!, "bob");
  await until("merged");
  const held = async () => (await getEnvironment({ ctx, input: { id: environment.id } })).held;
  expect(await held()).toMatchObject({ reason: "Nine are too many", by: ctx.actor.name });
  const committedAt = new Date(Date.now() + 1000).toISOString();
  await convergedAt({ revision: sha, author: "Bob", committedAt, subject: "Merge" }, "one");
  await until("proven");
  const newer = (text: string) => ({
    ...{ revision: randomUUID().replaceAll("-", "").padEnd(40, "0"), author: "Bob", subject: text },
    committedAt: new Date(Date.now() + 30_000).toISOString(),
  });
  await convergedAt(newer("Nothing here"), "one");
  expect(await held()).not.toBeNull();
  await convergedAt(newer("Something else"), "two");
  expect(await held()).toBeNull();
  await expect(releaseEnvironment({ ctx, input: { id: environment.id, reason: "" } })).rejects.toMatchObject({
    code: "conflict",
  });
});
