import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Octokit } from "@octokit/rest";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FakeGithub, startFakeGithub } from "#e2e/fakes/github/index.ts";
import type { Context } from "#lib/auth/context.ts";
import { getEnvironment } from "#lib/environments/get-environment.ts";
import { listHistory } from "#lib/environments/list-history.ts";
import type { HistoryEntry } from "#lib/environments/schemas.ts";
import type { Commit } from "#lib/protocol/report.ts";
import { getPullRequest } from "#lib/pull-requests/list-pull-requests.ts";
import { openRollback } from "#lib/pull-requests/open-rollback.ts";
import { previewRollback } from "#lib/pull-requests/preview-rollback.ts";
import type { RollbackKind } from "#lib/pull-requests/schemas.ts";
import { connectRepository } from "#lib/repositories/connect-repository.ts";
import { listRepositories } from "#lib/repositories/list-repositories.ts";
import { openTestDatabase, type TestDatabase } from "#lib/testing/database.ts";
import { digest, makeEnvironment, makeTenant, report, sync } from "#lib/testing/tenant.ts";
import { freePort } from "#scripts/processes/ports.ts";
import { type RunningServer, startServer } from "./server.ts";

const secret = "a webhook secret of tests";
const token = "token-of-alice";
const where = { owner: "alice", repo: "fleet" };
const file = "environments/production/a.yaml";
const stream = randomUUID();
let dir: string;
let github: FakeGithub;
let database: TestDatabase;
let server: RunningServer;
let ctx: Context;
let environment: Awaited<ReturnType<typeof makeEnvironment>>;
let sequence = 0;
let minutes = 0;

const rest = () => new Octokit({ auth: token, baseUrl: github.apiUrl }).rest;

/** Commits the file a minute after the last one, and has the agent converge there. */
async function commitFile(content: string, subject: string): Promise<Commit> {
  const { git } = rest();
  const parent = (await git.listMatchingRefs({ ...where, ref: "heads/main" })).data[0]?.object.sha;
  const entry = { path: file, mode: "100644" as const, type: "blob" as const, content };
  const base = parent && (await git.getCommit({ ...where, commit_sha: parent })).data.tree.sha;
  const tree = (await git.createTree({ ...where, tree: [entry], ...(base ? { base_tree: base } : {}) })).data
    .sha;
  minutes += 1;
  const date = new Date(Date.now() - 3_600_000 + minutes * 60_000).toISOString().replace(/\.\d+/, "");
  const by = { name: "Alice", email: "alice@example.com", date };
  const parents = parent ? [parent] : [];
  const { sha } = (
    await git.createCommit({ ...where, message: subject, tree, parents, author: by, committer: by })
  ).data;
  if (parent) await git.updateRef({ ...where, ref: "heads/main", sha });
  else await git.createRef({ ...where, ref: "refs/heads/main", sha });
  const made = { revision: sha, author: "Alice", committedAt: date, subject };
  await converge(made);
  return made;
}

/** What the file says at a revision: here it is what is rendered, so that its digest is the rendering's. */
async function contentAt(ref: string): Promise<string> {
  const { data } = await rest().repos.getContent({ ...where, path: file, ref });
  return Buffer.from((data as { content: string }).content, "base64").toString();
}

async function converge(head: Commit) {
  const renderedDigest = digest(await contentAt(head.revision));
  await environment.send(
    report("production", stream, ++sequence, {
      head,
      renderedDigest,
      syncs: [sync(head, { renderedDigest })],
      revisions: [{ commit: head, renderedDigest, inputs: [file] }],
    }),
  );
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "plumbline-ways-"));
  github = await startFakeGithub({
    dataDir: dir,
    users: [{ login: "alice", name: "Alice", email: "alice@example.com", token }],
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
  ({ ctx } = await makeTenant("Ways"));
  environment = await makeEnvironment(ctx, "main", "production", {
    repository: github.cloneUrl("alice", "fleet"),
  });
  const [repository] = (await listRepositories({ ctx })).repositories;
  await connectRepository({ ctx, input: { repositoryId: repository!.id, token } });
});
afterAll(async () => {
  await server.stop();
  await database.close();
  await github.close();
  rmSync(dir, { recursive: true, force: true });
});

const ask = (kind: RollbackKind, to: Commit) => ({
  ctx,
  input: { environmentId: environment.id, toRevision: to.revision, kind, reason: `A ${kind} of tests` },
});

/** Asks, merges on the GitHub side, lets the agent converge there, and answers how it ended. */
async function go(kind: RollbackKind, to: Commit) {
  const { id } = await openRollback(ask(kind, to));
  const row = () => getPullRequest({ ctx, input: { id } });
  await expect.poll(async () => (await row()).status).toBe("open");
  const { number } = await row();
  const { data } = await rest().pulls.get({ ...where, pull_number: number! });
  const { sha } = await github.mergePullRequest("alice", "fleet", number!);
  await expect.poll(async () => (await row()).status).toBe("merged");
  const committedAt = new Date(Date.now() + 1000).toISOString();
  const merge = { revision: sha, author: "Alice", committedAt, subject: `Merge of a ${kind}` };
  await converge(merge);
  return { row: await row(), merge, title: data.title };
}

const entryOf = async ({ revision }: Commit) => {
  const { entries } = await listHistory({ ctx, input: { id: environment.id } });
  return entries.find(
    (entry): entry is Extract<HistoryEntry, { kind: "sync" }> =>
      entry.kind === "sync" && entry.revision === revision,
  )!;
};
const held = async () => (await getEnvironment({ ctx, input: { id: environment.id } })).held;

const good = "image: shop:1\nmemory: 64Mi\nreplicas: 2\ncpu: 100m\n";
let first: Commit;
let scaled: Commit;
let newer: Commit;

test("one commit is taken back, and what came after it in the same file stays", async () => {
  first = await commitFile(good, "Good");
  scaled = await commitFile(good.replace("replicas: 2", "replicas: 9"), "Scale to nine");
  newer = await commitFile((await contentAt("main")).replace("shop:1", "shop:2"), "Shop 2");
  expect(await entryOf(scaled)).toMatchObject({ canRevert: true, canRollBack: true, forward: false });

  const preview = await previewRollback(ask("revert", scaled));
  expect(preview).toMatchObject({ obstacles: [], files: [{ path: file, additions: 1, deletions: 1 }] });
  expect(preview.files[0]?.patch).toContain("-replicas: 9\n+replicas: 2");
  expect(preview.files[0]?.patch).not.toContain("+image");
  expect(preview.objectsNote).toMatch(/the merge will show it/);

  const { row, merge, title } = await go("revert", scaled);
  expect(title).toBe(`Revert ${scaled.revision.slice(0, 7)} for production`);
  expect(await contentAt(merge.revision)).toBe(good.replace("shop:1", "shop:2"));
  expect(row).toMatchObject({ kind: "revert", commitRevision: scaled.revision, status: "converged" });
  expect(await entryOf(scaled)).toMatchObject({ rolledBack: "A revert of tests", canRevert: false });
  expect(await entryOf(newer)).toMatchObject({ rolledBack: null });
  expect(await held()).toMatchObject({ reason: "A revert of tests" });
});

test("a change that a later one overlaps is not taken back: said in the preview, and by the request", async () => {
  const nine = await commitFile((await contentAt("main")).replace("replicas: 2", "replicas: 9"), "Nine");
  await commitFile((await contentAt("main")).replace("replicas: 9", "replicas: 5"), "Five");
  const preview = await previewRollback(ask("revert", nine));
  expect(preview.obstacles).toEqual([
    expect.stringMatching(/a\.yaml was changed again since, in the same place: Roll back to a revision/),
  ]);
  const { id } = await openRollback(ask("revert", nine));
  const row = () => getPullRequest({ ctx, input: { id } });
  await expect.poll(async () => (await row()).situation).toBe("overlapping");
  expect(await row()).toMatchObject({ retryable: false, number: null });
  expect((await rest().pulls.list({ ...where, state: "open" })).data).toEqual([]);
});

test("the newest change is taken back, proven: what was before it is what is rendered", async () => {
  const before = await contentAt("main");
  const bad = await commitFile(before.replace("cpu: 100m", "cpu: 1m"), "Starve it");
  const preview = await previewRollback(ask("revert", bad));
  expect(preview).toMatchObject({ obstacles: [], files: [{ path: file }] });
  const { row, merge } = await go("revert", bad);
  expect(row).toMatchObject({ status: "converged", proven: true, situation: "proven" });
  expect(row.sentence).toContain(`before ${bad.revision.slice(0, 7)}`);
  expect(await contentAt(merge.revision)).toBe(before);
});

test("back, forward to what is newer than that, and undone: each renders as promised and is proven", async () => {
  const now = await commitFile(good.replace("shop:1", "shop:7"), "Shop 7");
  const back = await go("rollback", first);
  expect(back.row).toMatchObject({ status: "converged", proven: true });
  expect(await contentAt("main")).toBe(good);
  expect(await held()).not.toBeNull();
  expect(await entryOf(newer)).toMatchObject({ forward: true, canRollBack: true });
  expect(await entryOf(now)).toMatchObject({ forward: true, rolledBack: "A rollback of tests" });

  const forward = await go("forward", newer);
  expect(forward.title).toBe(`Roll production forward to ${newer.revision.slice(0, 7)}`);
  expect(forward.row).toMatchObject({ status: "converged", proven: true });
  expect(await contentAt("main")).toBe(await contentAt(newer.revision));
  expect(await held()).toBeNull();
  expect(await entryOf(now)).toMatchObject({ forward: false });

  const again = await go("rollback", first);
  const undo = await go("undo", { ...newer, revision: again.row.fromRevision });
  expect(undo.title).toMatch(/^Undo the rollback of production/);
  expect(undo.row).toMatchObject({ status: "converged", proven: true });
  expect(await contentAt("main")).toBe(await contentAt(newer.revision));
  expect(await held()).toBeNull();
  const { entries } = await listHistory({ ctx, input: { id: environment.id } });
  expect(entries.flatMap((entry) => (entry.kind === "rollback" ? [entry.action] : []))).toEqual([
    ...["undo", "rollback", "forward", "rollback", "revert", "revert", "revert"],
  ]);
});
