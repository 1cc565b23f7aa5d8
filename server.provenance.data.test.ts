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
import { getWhatRan } from "#lib/history/get-what-ran.ts";
import { findProvenance } from "#lib/jobs/find-provenance.ts";
import { connectRepository } from "#lib/repositories/connect-repository.ts";
import { listRepositories } from "#lib/repositories/list-repositories.ts";
import { listRevisions } from "#lib/revisions/list-revisions.ts";
import { openTestDatabase, type TestDatabase } from "#lib/testing/database.ts";
import { digest, makeEnvironment, makeTenant, report, sync } from "#lib/testing/tenant.ts";

const token = "token-of-alice";
const where = { owner: "alice", repo: "fleet" };
const stream = randomUUID();
const minute = 60_000;
let dir: string;
let github: FakeGithub;
let database: TestDatabase;
let ctx: Context;
let environment: Awaited<ReturnType<typeof makeEnvironment>>;
let sequence = 0;
const rest = () => new Octokit({ auth: token, baseUrl: github.apiUrl }).rest;

/** Commits a file to a new branch, or to main. */
async function commitTo(branch: string, content: string): Promise<string> {
  const { git } = rest();
  const refs = await git.listMatchingRefs({ ...where, ref: "heads/main" });
  const parent = refs.data[0]?.object.sha;
  const file = { path: "a.yaml", mode: "100644" as const, type: "blob" as const, content };
  const tree = (await git.createTree({ ...where, tree: [file] })).data.sha;
  const parents = parent ? [parent] : [];
  const { sha } = (await git.createCommit({ ...where, message: content, tree, parents })).data;
  if (parent && branch === "main") await git.updateRef({ ...where, ref: "heads/main", sha });
  else await git.createRef({ ...where, ref: `refs/heads/${branch}`, sha });
  return sha;
}

/** Has the agent converge at a revision that was committed some minutes ago. */
async function seen(revision: string, minutesAgo: number) {
  const committedAt = new Date(Date.now() - minutesAgo * minute).toISOString();
  const head = { revision, author: "Alice", committedAt, subject: "More" };
  const renderedDigest = digest(revision);
  await environment.send(
    report("production", stream, ++sequence, {
      ...{ head, renderedDigest, syncs: [sync(head, { renderedDigest })] },
      revisions: [{ commit: head, renderedDigest, inputs: ["a.yaml"] }],
    }),
  );
}

const header = async () => (await getEnvironment({ ctx, input: { id: environment.id } })).headProvenance;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "plumbline-provenance-"));
  github = await startFakeGithub({
    dataDir: dir,
    users: [
      { login: "alice", name: "Alice", email: "alice@example.com", token },
      { login: "bob", name: "Bob", email: "bob@example.com" },
      { login: "carol", name: "Carol", email: "carol@example.com" },
    ],
  });
  await github.createRepository("alice", "fleet", { private: true });
  database = await openTestDatabase({ GITHUB_WEB_URL: github.webUrl, GITHUB_API_URL: github.apiUrl });
  ({ ctx } = await makeTenant("Provenance"));
  environment = await makeEnvironment(ctx, "main", "production", {
    repository: github.cloneUrl("alice", "fleet"),
  });
});
afterAll(async () => {
  await database.close();
  await github.close();
  rmSync(dir, { recursive: true, force: true });
});

test("a direct push is told as one, once the host has had time to name a pull request", async () => {
  await seen(await commitTo("main", "one"), 0);
  await findProvenance(new Date());
  // Nobody has connected the repository: its host is not asked.
  expect(await header()).toBeNull();
  const [repository] = (await listRepositories({ ctx })).repositories;
  await connectRepository({ ctx, input: { repositoryId: repository!.id, token } });
  await findProvenance(new Date());
  expect(await header()).toBeNull();
  await findProvenance(new Date(Date.now() + 3 * minute));
  expect(await header()).toEqual({ kind: "direct" });
});

test("the pull request of a commit and who approved it stand in the header, in history and in what ran", async () => {
  await commitTo("feature", "two");
  const asked = { ...where, title: "Two <b>of them</b>", head: "feature", base: "main" };
  const { number } = (await rest().pulls.create(asked)).data;
  github.approvePullRequest("alice", "fleet", number, "bob");
  github.approvePullRequest("alice", "fleet", number, "carol");
  const { sha } = await github.mergePullRequest("alice", "fleet", number, "carol");
  await seen(sha, 0);
  await findProvenance(new Date());
  const provenance = {
    ...{ kind: "pull-request", number, title: "Two <b>of them</b>", author: "alice", mergedBy: "carol" },
    ...{ approvedBy: ["bob", "carol"], url: `${github.webUrl}/alice/fleet/pull/${number}` },
  };
  expect(await header()).toEqual(provenance);
  const { entries } = await listHistory({ ctx, input: { id: environment.id } });
  expect(entries[0]).toMatchObject({ kind: "sync", revision: sha, commit: { author: "Alice", provenance } });
  const { revisions } = await listRevisions({ ctx, input: { id: environment.id } });
  expect(revisions[0]?.commit?.provenance).toEqual(provenance);
  const at = new Date().toISOString();
  const { ran } = await getWhatRan({ ctx, input: { environmentId: environment.id, at } });
  expect(ran?.commit?.provenance).toEqual(provenance);
});

test("a limit is waited for; a missing right is told with its reason, and asked for again later", async () => {
  await seen(await commitTo("main", "three"), 9);
  const pulls = /GET .*\/commits\/.*\/pulls$/;
  const later = (minutes: number) => new Date(Date.now() + minutes * minute);
  const reset = `${Math.floor(later(30).getTime() / 1000)}`;
  const headers = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset };
  github.fail({ route: pulls, status: 403, headers, message: "API rate limit exceeded" });
  await findProvenance(new Date());
  await findProvenance(later(20));
  expect(await header()).toBeNull();
  github.fail({ route: pulls, status: 403, message: "Resource not accessible by personal access token" });
  await findProvenance(later(31));
  expect(await header()).toEqual({
    kind: "unknown",
    why: expect.stringMatching(/may not read the pull requests/),
  });
  await findProvenance(later(32));
  expect(await header()).toMatchObject({ kind: "unknown" });
  await findProvenance(later(31 + 6 * 60));
  expect(await header()).toEqual({ kind: "direct" });
});

test("a commit that the host does not have stays what it is, and others are asked about", async () => {
  await seen("d".repeat(40), 9);
  await findProvenance(new Date());
  expect(await header()).toMatchObject({
    kind: "unknown",
    why: expect.stringMatching(/does not have this commit/),
  });
});
