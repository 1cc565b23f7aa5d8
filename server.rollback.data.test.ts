import { createHmac, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Octokit } from "@octokit/rest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type FakeGithub, startFakeGithub } from "#e2e/fakes/github/index.ts";
import { listAudit } from "#lib/audit/list-audit.ts";
import type { Context } from "#lib/auth/context.ts";
import { getEnvironment } from "#lib/environments/get-environment.ts";
import { listHistory } from "#lib/environments/list-history.ts";
import { sweepPullRequests } from "#lib/jobs/sweep-pull-requests.ts";
import type { Commit } from "#lib/protocol/report.ts";
import { AGENT_API } from "#lib/protocol/version.ts";
import { getPullRequest } from "#lib/pull-requests/list-pull-requests.ts";
import { openRollback } from "#lib/pull-requests/open-rollback.ts";
import { previewRollback } from "#lib/pull-requests/preview-rollback.ts";
import { connectRepository } from "#lib/repositories/connect-repository.ts";
import { listRepositories } from "#lib/repositories/list-repositories.ts";
import { openTestDatabase, type TestDatabase } from "#lib/testing/database.ts";
import { digest, makeEnvironment, makeTenant, report, sync } from "#lib/testing/tenant.ts";
import { freePort } from "#scripts/processes/ports.ts";
import { type RunningServer, startServer } from "./server.ts";

const secret = "a webhook secret of tests";
const token = "token-of-alice-which-is-secret";
let dir: string;
let github: FakeGithub;
let database: TestDatabase;
let server: RunningServer;
let ctx: Context;
let environment: Awaited<ReturnType<typeof makeEnvironment>>;
let first: Commit;
let second: Commit;
let sequence = 0;
const stream = randomUUID();

const where = { owner: "alice", repo: "fleet" };
const rest = () => new Octokit({ auth: token, baseUrl: github.apiUrl }).rest;

async function commitFile(content: string, message: string): Promise<Commit> {
  const { git } = rest();
  const parent = (await git.listMatchingRefs({ ...where, ref: "heads/main" })).data[0]?.object.sha;
  const file = {
    path: "environments/production/a.yaml",
    mode: "100644" as const,
    type: "blob" as const,
    content,
  };
  const tree = (await git.createTree({ ...where, tree: [file] })).data.sha;
  const { sha } = (await git.createCommit({ ...where, message, tree, parents: parent ? [parent] : [] })).data;
  if (parent) await git.updateRef({ ...where, ref: "heads/main", sha });
  else await git.createRef({ ...where, ref: "refs/heads/main", sha });
  return commitAt(sha);
}

async function commitAt(revision: string): Promise<Commit> {
  const { data } = await rest().repos.getCommit({ ...where, ref: revision });
  return {
    revision,
    author: "Alice",
    committedAt: new Date(data.commit.committer!.date!).toISOString(),
    subject: data.commit.message,
  };
}
/** The agent says that the environment is converged at a commit that renders to `text`. */
const convergedAt = (head: Commit, text: string) =>
  environment.send(
    report("production", stream, ++sequence, {
      head,
      renderedDigest: digest(text),
      syncs: [sync(head, { renderedDigest: digest(text) })],
    }),
  );

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "plumbline-rollback-"));
  github = await startFakeGithub({
    dataDir: dir,
    users: [{ login: "alice", name: "Alice", email: "alice@example.com", token }],
  });
  await github.createRepository("alice", "fleet");
  database = await openTestDatabase({
    PLUMBLINE_ROLES: "gateway,worker",
    PORT: String(await freePort()),
    GITHUB_WEB_URL: github.webUrl,
    GITHUB_API_URL: github.apiUrl,
    GITHUB_WEBHOOK_SECRET: secret,
  });
  server = await startServer(database.env);
  github.setWebhook({ url: `${server.url}/api/webhooks/github`, secret });
  ({ ctx } = await makeTenant("Rollback"));
  environment = await makeEnvironment(ctx, "main", "production", {
    repository: github.cloneUrl("alice", "fleet"),
  });
  first = await commitFile("replicas: 1\n", "One replica");
  await convergedAt(first, "one");
  second = await commitFile("replicas: 9\n", "Nine replicas");
  await convergedAt(second, "nine");
});
afterAll(async () => {
  await server.stop();
  await database.close();
  await github.close();
  rmSync(dir, { recursive: true, force: true });
});

const reason = "Nine are too many";
const ask = (over: object = {}) => ({
  ctx,
  input: { environmentId: environment.id, toRevision: first.revision, reason, ...over },
});

test("a rollback goes from asked for to open, merged, converging, converged and proven", async () => {
  await expect(openRollback(ask())).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining("no token"),
  });
  const [repository] = (await listRepositories({ ctx })).repositories;
  await expect(
    connectRepository({ ctx, input: { repositoryId: repository!.id, token: "not-the-token" } }),
  ).rejects.toMatchObject({ code: "invalid" });
  await connectRepository({ ctx, input: { repositoryId: repository!.id, token } });
  const { rows } = await database.owner.query(
    "select encode(token_encrypted, 'escape') as sealed, g::text as row from git_installations g",
  );
  expect(rows).toHaveLength(1);
  expect(JSON.stringify(rows)).not.toContain(token);

  const preview = await previewRollback(ask());
  expect(preview).toMatchObject({
    from: { revision: second.revision },
    to: { revision: first.revision },
    obstacles: [],
  });
  expect(preview.files).toMatchObject([{ path: "environments/production/a.yaml", status: "modified" }]);
  expect(preview.files[0]!.patch).toContain("-replicas: 9\n+replicas: 1");

  const { id } = await openRollback(ask());
  await expect(openRollback(ask())).rejects.toMatchObject({ code: "conflict" });
  const status = async () => (await getPullRequest({ ctx, input: { id } })).status;
  await expect.poll(status).toBe("open");
  const opened = await getPullRequest({ ctx, input: { id } });
  expect(opened).toMatchObject({
    number: 1,
    url: expect.stringContaining("/alice/fleet/pull/1"),
    proven: false,
  });

  const { sha } = await github.mergePullRequest("alice", "fleet", opened.number!);
  await expect.poll(status).toBe("merged");
  const merged = await commitAt(sha);
  await environment.send(
    report("production", stream, ++sequence, {
      head: merged,
      applying: true,
      movingSince: new Date().toISOString(),
      renderedDigest: digest("one"),
      resources: [],
      comparedRevision: merged.revision,
      problem: {
        stage: "wait",
        reason: "Waiting",
        message: "Waiting for Deployment/quotes.",
        since: new Date().toISOString(),
        retryable: true,
      },
    }),
  );
  expect(await status()).toBe("converging");
  await convergedAt(merged, "one");
  expect(await getPullRequest({ ctx, input: { id } })).toMatchObject({ status: "converged", proven: true });

  const { entries } = await listHistory({ ctx, input: { id: environment.id } });
  const syncs = entries.flatMap((entry) => (entry.kind === "sync" ? [entry] : []));
  expect(syncs.map(({ revision, canRollBack, proven }) => ({ revision, canRollBack, proven }))).toEqual(
    expect.arrayContaining([
      { revision: merged.revision, canRollBack: false, proven: true },
      { revision: second.revision, canRollBack: true, proven: false },
      { revision: first.revision, canRollBack: false, proven: false },
    ]),
  );
  expect(entries.filter(({ kind }) => kind === "rollback")).toMatchObject([
    { status: "converged", number: 1 },
  ]);
  const { events } = await listAudit({ ctx, input: {} });
  expect(events.map(({ action }) => action).filter((action) => action.startsWith("rollback"))).toEqual([
    "rollback.converged",
    "rollback.merged",
    "rollback.opened",
    "rollback.requested",
  ]);
});

test("a lost webhook is made up for by asking the host", async () => {
  github.setWebhook(undefined);
  const current = (await getEnvironment({ ctx, input: { id: environment.id } })).head!;
  const { id } = await openRollback(ask({ toRevision: second.revision }));
  const row = () => getPullRequest({ ctx, input: { id } });
  await expect.poll(async () => (await row()).status).toBe("open");
  github.closePullRequest("alice", "fleet", (await row()).number!);
  await sweepPullRequests(new Date(Date.now() + 60_000));
  expect(await row()).toMatchObject({ status: "closed", fromRevision: current.revision });
  github.setWebhook({ url: `${server.url}/api/webhooks/github`, secret });
});

test("what the host refuses stands on the rollback, with what to do", async () => {
  await expect(openRollback(ask())).rejects.toMatchObject({ message: expect.stringContaining("already") });
  github.archiveRepository("alice", "fleet");
  const { id } = await openRollback(ask({ toRevision: second.revision }));
  const row = () => getPullRequest({ ctx, input: { id } });
  await expect.poll(async () => (await row()).status).toBe("failed");
  expect((await row()).problem).toMatch(/archived/i);
  github.archiveRepository("alice", "fleet", false);
});

describe("webhooks", () => {
  const push = () => ({
    ref: "refs/heads/main",
    before: first.revision,
    after: second.revision,
    repository: { full_name: "alice/fleet", html_url: `${github.webUrl}/alice/fleet` },
  });
  const deliver = (body: string, headers: Record<string, string>) =>
    fetch(`${server.url}/api/webhooks/github`, {
      method: "POST",
      body,
      headers: { "x-github-event": "push", ...headers },
    });
  const sign = (body: string, key = secret) =>
    `sha256=${createHmac("sha256", key).update(body).digest("hex")}`;

  test("forged ones are refused and leave nothing behind", async () => {
    const body = JSON.stringify(push());
    const id = randomUUID();
    const forgeries = [
      {},
      { "x-hub-signature-256": sign(body, "guessed") },
      { "x-hub-signature-256": sign(`${body} `) },
    ];
    for (const headers of forgeries)
      expect(
        (await deliver(body, { "x-github-delivery": id, ...(headers as Record<string, string>) })).status,
      ).toBe(401);
    expect((await database.owner.query("select from webhook_deliveries where id = $1", [id])).rowCount).toBe(
      0,
    );
  });

  test("a push sends a hint to the agents that follow the branch, once however often it is delivered", async () => {
    const hints = await openHints();
    const body = JSON.stringify(push());
    const headers = { "x-github-delivery": randomUUID(), "x-hub-signature-256": sign(body) };
    const answers = [];
    for (let n = 0; n < 3; n++) answers.push(await (await deliver(body, headers)).json());
    expect(answers.map(({ data }) => data.status)).toEqual(["accepted", "duplicate", "duplicate"]);
    await expect
      .poll(() => hints.read())
      .toContain('event: hint\ndata: {"environment":"production","reason":"push"}');
    const other = JSON.stringify({ ...push(), ref: "refs/heads/other" });
    await deliver(other, { "x-github-delivery": "other", "x-hub-signature-256": sign(other) });
    await expect.poll(() => handled("other")).toBe(true);
    expect(hints.read().match(/event: hint/g)).toHaveLength(1);
    hints.close();
  });

  test("a signed lie about a pull request is not believed", async () => {
    const { id } = await openRollback(ask({ toRevision: second.revision }));
    const row = () => getPullRequest({ ctx, input: { id } });
    await expect.poll(async () => (await row()).status).toBe("open");
    const { number, url } = await row();
    const ref = { ref: "x", sha: first.revision };
    const pullRequest = {
      number,
      html_url: url,
      title: "x",
      state: "closed",
      merged: true,
      merge_commit_sha: second.revision,
      head: ref,
      base: ref,
    };
    const body = JSON.stringify({
      action: "closed",
      number,
      repository: push().repository,
      pull_request: pullRequest,
    });
    await deliver(body, {
      "x-github-event": "pull_request",
      "x-github-delivery": "lie",
      "x-hub-signature-256": sign(body),
    });
    await expect.poll(() => handled("lie")).toBe(true);
    expect(await row()).toMatchObject({ status: "open", mergedAt: null });
  });

  const handled = async (id: string) =>
    (
      await database.owner.query("select from webhook_deliveries where id = $1 and handled_at is not null", [
        id,
      ])
    ).rowCount === 1;
});

async function openHints() {
  const abort = new AbortController();
  const answer = await fetch(`${server.url}${AGENT_API}/hints`, {
    headers: { authorization: `Bearer ${environment.token}` },
    signal: abort.signal,
  });
  let text = "";
  const pump = async () => {
    for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) text += chunk;
  };
  pump().catch(() => {});
  await expect.poll(() => text).toContain("hello");
  // Hints of the last seconds are told to a stream that opens: what comes before this mark is not counted.
  const { agent, clusterId } = environment;
  const mark = {
    kind: "hint",
    organizationId: agent.organizationId,
    clusterId,
    hint: { environment: "mark", reason: "person" },
  };
  await database.owner.query("select pg_notify('plumbline', $1)", [JSON.stringify(mark)]);
  await expect.poll(() => text).toContain('"environment":"mark"');
  text = "";
  return { read: () => text, close: () => abort.abort() };
}
