import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Octokit } from "@octokit/rest";
import { afterAll, beforeAll, expect, test } from "vitest";
import { GET as returned } from "#app/api/auth/callback/github/identity/route.ts";
import { type FakeGithub, startFakeGithub } from "#e2e/fakes/github/index.ts";
import { listAudit } from "#lib/audit/list-audit.ts";
import type { Context } from "#lib/auth/context.ts";
import { withoutOrganization } from "#lib/db.ts";
import { startIdentity } from "#lib/github-identity/connect-identity.ts";
import { disconnectIdentity } from "#lib/github-identity/disconnect-identity.ts";
import { getIdentity } from "#lib/github-identity/identity.ts";
import { openRollbackPullRequest } from "#lib/jobs/open-rollback.ts";
import { sweepPullRequests } from "#lib/jobs/sweep-pull-requests.ts";
import type { Commit } from "#lib/protocol/report.ts";
import { getPullRequest } from "#lib/pull-requests/list-pull-requests.ts";
import { openRollback } from "#lib/pull-requests/open-rollback.ts";
import { connectRepository } from "#lib/repositories/connect-repository.ts";
import { listRepositories } from "#lib/repositories/list-repositories.ts";
import { openTestDatabase, type TestDatabase } from "#lib/testing/database.ts";
import { signIn } from "#lib/testing/sign-in.ts";
import { commit, digest, makeEnvironment, makeTenant, report, sync } from "#lib/testing/tenant.ts";

const bots = "token-of-the-bot";
const where = { owner: "acme", repo: "fleet" };
const oauth = { clientId: "plumbline", clientSecret: "the secret of the application" };
let dir: string;
let github: FakeGithub;
let database: TestDatabase;
let ctx: Context;
let cookie: string;
let environment: Awaited<ReturnType<typeof makeEnvironment>>;
let first: Commit;
const rest = () => new Octokit({ auth: bots, baseUrl: github.apiUrl }).rest;

async function commitFile(content: string): Promise<Commit> {
  const { git } = rest();
  const parent = (await git.listMatchingRefs({ ...where, ref: "heads/main" })).data[0]?.object.sha;
  const file = {
    path: "environments/production/a.yaml",
    mode: "100644" as const,
    type: "blob" as const,
    content,
  };
  const tree = (await git.createTree({ ...where, tree: [file] })).data.sha;
  const { sha } = (
    await git.createCommit({ ...where, message: content, tree, parents: parent ? [parent] : [] })
  ).data;
  if (parent) await git.updateRef({ ...where, ref: "heads/main", sha });
  else await git.createRef({ ...where, ref: "refs/heads/main", sha });
  return { ...commit(content), revision: sha };
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "plumbline-identity-"));
  const user = (login: string, token?: string) => ({
    ...{ login, name: login.toUpperCase(), email: `${login}@example.com` },
    ...(token ? { token } : {}),
  });
  const below = "/api/auth/callback/github/identity";
  github = await startFakeGithub({
    dataDir: dir,
    users: [user("bot", bots), user("alice"), user("bob")],
    oauthApp: { ...oauth, redirectUris: [`http://127.0.0.1:4300${below}`] },
  });
  await github.createRepository("acme", "fleet", { private: true });
  database = await openTestDatabase({
    GITHUB_WEB_URL: github.webUrl,
    GITHUB_API_URL: github.apiUrl,
    GITHUB_CLIENT_ID: oauth.clientId,
    GITHUB_CLIENT_SECRET: oauth.clientSecret,
  });
  const tenant = await makeTenant("Identity");
  const signedIn = await signIn(tenant.userId);
  cookie = signedIn.cookie;
  ctx = { ...tenant.ctx, sessionId: signedIn.sessionId };
  environment = await makeEnvironment(ctx, "main", "production", {
    repository: github.cloneUrl("acme", "fleet"),
  });
  first = await commitFile("one");
  const heads = [first, await commitFile("two")];
  for (const [index, head] of heads.entries()) {
    const renderedDigest = digest(head.revision);
    const syncs = [sync(head, { renderedDigest })];
    await environment.send(
      report("production", "7b0d3c1c-6f1c-4f3b-8d62-3d2f5a1d9b11", index + 1, {
        head,
        renderedDigest,
        syncs,
      }),
    );
  }
  const [repository] = (await listRepositories({ ctx })).repositories;
  await connectRepository({ ctx, input: { repositoryId: repository!.id, token: bots } });
});
afterAll(async () => {
  await database.close();
  await github.close();
  rmSync(dir, { recursive: true, force: true });
});

/** Goes to GitHub, signs in there as `login`, and comes back. */
async function connectAs(login: string): Promise<{ done?: string; problem?: string }> {
  const { url } = await startIdentity({ ctx });
  const query = Object.fromEntries(new URL(url).searchParams);
  const chosen = await fetch(`${github.webUrl}/login/oauth/callback`, {
    method: "POST",
    redirect: "manual",
    body: new URLSearchParams({ ...query, login }),
  });
  return comeBack(chosen.headers.get("location")!);
}

async function comeBack(location: string, as = cookie) {
  const answer = await returned(new Request(location, { headers: { cookie: as } }));
  const said = /plumbline-github=([^;]+)/.exec(answer.headers.get("set-cookie") ?? "")?.[1] ?? "";
  return JSON.parse(decodeURIComponent(said)) as { done?: string; problem?: string };
}

/** Asks for a rollback and has its job run; answers it, and the pull request on GitHub, which is then closed. */
async function rollBack() {
  const input = { environmentId: environment.id, toRevision: first.revision, reason: "Two is too many" };
  const { id } = await openRollback({ ctx, input });
  await openRollbackPullRequest({ organizationId: ctx.organizationId, pullRequestId: id }, { last: true });
  const row = await getPullRequest({ ctx, input: { id } });
  const { data } = await rest().pulls.get({ ...where, pull_number: row.number! });
  const made = (await rest().git.getCommit({ ...where, commit_sha: data.head.sha })).data;
  github.closePullRequest("acme", "fleet", row.number!);
  await sweepPullRequests(new Date(Date.now() + 60_000));
  return { row, data, made };
}

test("without an account on GitHub the repository's token opens it, and names who asked", async () => {
  expect(await getIdentity({ ctx })).toMatchObject({
    login: null,
    grants: expect.stringContaining("open pull requests"),
  });
  const { row, data } = await rollBack();
  expect(data.user?.login).toBe("bot");
  expect(data.body).toContain("Requested by Admin of Identity");
  expect(row.openedBy).toBe("bot");
});

test("with one it is opened by them, and the commit is theirs; the token is nowhere to be read", async () => {
  expect((await connectAs("alice")).done).toMatch(/opened as alice on GitHub/);
  expect(await getIdentity({ ctx })).toMatchObject({ login: "alice", problem: null });
  const { row, data, made } = await rollBack();
  expect(data.user?.login).toBe("alice");
  expect(row).toMatchObject({ openedBy: "alice", requester: "Admin of Identity" });
  expect(made.author.email).toMatch(/^\d+\+alice@users\.noreply\./);
  const kept = await database.owner.query(
    "select *, encode(token_encrypted, 'escape') as sealed from github_identities",
  );
  const { events } = await listAudit({ ctx, input: {} });
  const [given] = Object.entries(JSON.parse(await stateOfStandIn()).tokens as Record<string, string>)
    .filter(([, login]) => login === "alice")
    .map(([token]) => token)
    .filter((token) => token !== "token-of-alice");
  expect(given).toBeTruthy();
  expect(JSON.stringify([kept.rows, events, row])).not.toContain(given);
  expect(events.map(({ action }) => action)).toContain("member.github-connected");
});

test("somebody else's way back, a used one and another account than the one signed in with connect nothing", async () => {
  const { url } = await startIdentity({ ctx });
  const back = `http://127.0.0.1:4300/x?code=any&state=${new URL(url).searchParams.get("state")}`;
  expect((await comeBack(back, "")).done).toBeUndefined();
  const forged = back.replace(/state=.*/, `state=${ctx.organizationId}.${"x".repeat(32)}`);
  expect((await comeBack(forged)).problem).toMatch(/not begun here/);
  expect((await comeBack(back)).problem).toMatch(/does not know this code/);
  expect((await comeBack(back)).problem).toMatch(/used already/);
  const account = {
    provider: new URL(github.webUrl).host,
    providerAccountId: "1",
    login: "alice-of-old",
    userId: ctx.actor.id!,
  };
  await withoutOrganization((tx) => tx.account.create({ data: account }));
  expect((await connectAs("bob")).problem).toMatch(
    /You sign in as alice-of-old on GitHub and came back as bob/,
  );
  await withoutOrganization((tx) => tx.account.deleteMany({ where: { userId: ctx.actor.id! } }));
  expect(await getIdentity({ ctx })).toMatchObject({ login: "alice" });
});

test("one that may not write there, and one whose token was revoked, leave it to the repository's token", async () => {
  github.setPermission("acme", "fleet", "alice", "read");
  expect((await rollBack()).data.user?.login).toBe("bot");
  expect(await getIdentity({ ctx })).toMatchObject({ login: "alice", problem: null });
  github.setPermission("acme", "fleet", "alice", "write");
  const tokens = JSON.parse(await stateOfStandIn()).tokens as Record<string, string>;
  for (const [token, login] of Object.entries(tokens)) if (login === "alice") github.revokeToken(token);
  expect((await rollBack()).data.user?.login).toBe("bot");
  expect(await getIdentity({ ctx })).toMatchObject({
    login: "alice",
    problem: expect.stringMatching(/Connect again/),
  });
  expect((await connectAs("alice")).done).toBeTruthy();
  expect((await rollBack()).data.user?.login).toBe("alice");
});

test("disconnected, nothing of it is kept, and the audit log says so", async () => {
  expect(await disconnectIdentity({ ctx })).toMatchObject({ login: null });
  expect((await database.owner.query("select from github_identities")).rowCount).toBe(0);
  const { events } = await listAudit({ ctx, input: {} });
  expect(events[0]).toMatchObject({
    action: "member.github-disconnected",
    actor: { name: "Admin of Identity" },
  });
  expect((await rollBack()).data.user?.login).toBe("bot");
  await expect(startIdentity({ ctx: { ...ctx, role: "viewer" } })).rejects.toMatchObject({
    code: "forbidden",
  });
});

async function stateOfStandIn(): Promise<string> {
  const { readFile } = await import("node:fs/promises");
  return readFile(join(dir, "state.json"), "utf8");
}
