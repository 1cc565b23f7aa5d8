import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Context } from "#lib/auth/context.ts";
import { withOrganization } from "#lib/db.ts";
import { startConnecting } from "#lib/github-app/connect-installations.ts";
import { getAppSetting, startAppCreation } from "#lib/github-app/create-app.ts";
import { webhookSecrets } from "#lib/github-app/find-app.ts";
import { startIdentity } from "#lib/github-identity/connect-identity.ts";
import { findPersonToken } from "#lib/github-identity/find-person-token.ts";
import { getIdentity } from "#lib/github-identity/identity.ts";
import { handleWebhook } from "#lib/jobs/handle-webhook.ts";
import { listRepositories } from "#lib/repositories/list-repositories.ts";
import { findAccess, openHost } from "#lib/repositories/open-host.ts";
import { openTestDatabase, type TestDatabase } from "#lib/testing/database.ts";
import { type GithubApps, startGithubApps } from "#lib/testing/github-apps.ts";
import { signIn } from "#lib/testing/sign-in.ts";
import { makeEnvironment, makeTenant } from "#lib/testing/tenant.ts";
import { recordDelivery } from "#lib/webhooks/record-delivery.ts";
import { GET as created } from "./created/route.ts";
import { GET as installed } from "./installed/route.ts";

let database: TestDatabase;
let github: GithubApps;
let alice: Person;
let mallory: Person;

type Person = { ctx: Context; cookie: string };

async function makePerson(name: string, repository: string): Promise<Person> {
  const { ctx, userId } = await makeTenant(name);
  await makeEnvironment(ctx, "main", "production", { repository });
  const { sessionId, cookie } = await signIn(userId);
  return { ctx: { ...ctx, sessionId }, cookie };
}

beforeAll(async () => {
  github = await startGithubApps();
  database = await openTestDatabase({ GITHUB_WEB_URL: github.url });
  alice = await makePerson("Alice", `${github.url}/alice/fleet.git`);
  mallory = await makePerson("Mallory", `${github.url}/alice/fleet.git`);
});
afterAll(async () => {
  await database.close();
  await github.close();
});

async function comeBack(
  route: typeof created,
  { cookie }: { cookie: string },
  query: Record<string, string>,
): Promise<{ done?: string; problem?: string }> {
  const url = `http://127.0.0.1:4300/api/github/back?${new URLSearchParams(query)}`;
  const answer = await route(new Request(url, { headers: { cookie } }));
  expect(answer.status).toBe(303);
  const said = /plumbline-github=([^;]+)/.exec(answer.headers.get("set-cookie") ?? "")?.[1] ?? "";
  return JSON.parse(decodeURIComponent(said));
}

const stateOf = (url: string) => new URL(url).searchParams.get("state") ?? "";
const beginConnecting = async ({ ctx }: Person, install = true) =>
  stateOf((await startConnecting({ ctx, input: { install } })).url);
const connectionOf = async ({ ctx }: Person) => (await listRepositories({ ctx })).repositories[0];
const aliceSees = { 501: [{ id: 1, full_name: "Alice/fleet", push: true }] };

async function hostOf({ ctx }: Person) {
  const { id = "" } = (await connectionOf({ ctx } as Person)) ?? {};
  const access = await withOrganization(ctx.organizationId, (tx) => findAccess(tx, ctx.organizationId, id));
  return access && openHost(access);
}

test("only an admin of the first organization may create the App, which needs the state of their own session", async () => {
  expect(await getAppSetting({ ctx: alice.ctx })).toMatchObject({ url: null, mayCreate: true });
  expect(await getAppSetting({ ctx: mallory.ctx })).toMatchObject({ mayCreate: false });
  await expect(startAppCreation({ ctx: mallory.ctx, input: {} })).rejects.toMatchObject({
    code: "forbidden",
  });
  await expect(
    startAppCreation({ ctx: { ...alice.ctx, role: "operator" }, input: {} }),
  ).rejects.toMatchObject({ code: "forbidden" });

  github.manifests.add("made");
  const { action, manifest } = await startAppCreation({ ctx: alice.ctx, input: { owner: "acme" } });
  expect(action).toMatch(`${github.url}/organizations/acme/settings/apps/new?state=`);
  expect(JSON.parse(manifest)).toMatchObject({
    public: false,
    default_permissions: { contents: "write", pull_requests: "write", statuses: "write" },
  });
  const state = stateOf(action);
  const forged = `${alice.ctx.organizationId}.${"x".repeat(32)}`;
  for (const [person, given] of [
    [alice, forged],
    [alice, ""],
    [mallory, state],
  ] as const)
    expect((await comeBack(created, person, { code: "made", state: given })).done).toBeUndefined();
  expect((await getAppSetting({ ctx: alice.ctx })).url).toBeNull();

  expect((await comeBack(created, alice, { code: "made", state })).done).toMatch(/created/);
  expect(await getAppSetting({ ctx: alice.ctx })).toMatchObject({
    url: `${github.url}/apps/plumbline-test`,
    mayCreate: false,
  });
  expect((await comeBack(created, alice, { code: "made", state })).problem).toMatch(/used already/);
  const { rows } = await database.owner.query("select * from github_apps");
  const kept = JSON.stringify(rows) + Buffer.from(rows[0].secrets_encrypted).toString("latin1");
  for (const secret of ["client-secret", "of-the-app", "PRIVATE KEY"]) expect(kept).not.toContain(secret);
  const audit = await database.owner.query(
    "select action from audit_events where action like 'github-app.%'",
  );
  expect(audit.rows).toEqual([{ action: "github-app.created" }]);
});

test("an installation's number gives nobody what they may not push to themselves", async () => {
  const foreign = { installation_id: "501", setup_action: "install" };
  github.codes.set("of-mallory", { 666: [{ id: 2, full_name: "mallory/fleet", push: true }] });
  const own = await beginConnecting(mallory);
  const tried = await comeBack(installed, mallory, { ...foreign, code: "of-mallory", state: own });
  expect(tried.problem).toMatch(/reaches none of this organization's repositories/);

  github.codes.set("of-a-reader", { 501: [{ id: 1, full_name: "alice/fleet", push: false }] });
  const again = await beginConnecting(mallory);
  expect(
    (await comeBack(installed, mallory, { ...foreign, code: "of-a-reader", state: again })).problem,
  ).toMatch(/that you may push to/);
  const without = await beginConnecting(mallory);
  expect((await comeBack(installed, mallory, { ...foreign, state: without })).problem).toMatch(/no code/);
  expect(await connectionOf(mallory)).toMatchObject({ connection: "none" });
  expect(await hostOf(mallory)).toBeNull();
});

test("a state of another session, a forged one and a used one connect nothing", async () => {
  github.codes.set("of-alice", aliceSees);
  const state = await beginConnecting(alice);
  for (const [person, given] of [
    [mallory, state],
    [alice, `${alice.ctx.organizationId}.${"a".repeat(32)}`],
    [{ cookie: "" }, state],
  ] as const)
    expect((await comeBack(installed, person, { code: "of-alice", state: given })).done).toBeUndefined();
  expect(await connectionOf(alice)).toMatchObject({ connection: "none" });

  expect((await comeBack(installed, alice, { code: "of-alice", state })).done).toMatch("alice/fleet");
  expect(await connectionOf(alice)).toMatchObject({ connection: "connected", connectionMessage: null });
  github.codes.set("of-alice", aliceSees);
  expect((await comeBack(installed, alice, { code: "of-alice", state })).problem).toMatch(/used already/);
});

test("tokens are made for the one repository, kept until shortly before they end, and stored nowhere", async () => {
  github.minted.length = 0;
  github.lifeMs = 4 * 60_000;
  expect(await (await hostOf(alice))?.getRepository()).toMatchObject({ defaultBranch: "main" });
  expect(github.minted).toEqual([{ repository_ids: [1] }]);
  github.lifeMs = 3_600_000;
  await (await hostOf(alice))?.getRepository();
  expect(github.minted).toHaveLength(2);
  await (await hostOf(alice))?.getRepository();
  expect(github.minted).toHaveLength(2);
  const { rows } = await database.owner.query("select token_encrypted from git_installations");
  expect(rows).toEqual([{ token_encrypted: null }]);
});

test("what becomes of the installation is asked of GitHub when a webhook says so, and said with its next step", async () => {
  const hear = async (action: string) => {
    const id = randomUUID();
    const payload = { action, installation: { id: 501 } };
    await recordDelivery({ id, event: "installation", bodyDigest: id, payload });
    await handleWebhook({ deliveryId: id });
    return connectionOf(alice);
  };
  // Whatever the webhook says, GitHub says that all is well.
  expect(await hear("deleted")).toMatchObject({ connection: "connected" });
  github.suspended.add(501);
  expect(await hear("suspend")).toMatchObject({
    connection: "failing",
    connectionMessage: expect.stringMatching(/is suspended\. Unsuspend it at http/),
  });
  github.suspended.clear();
  expect(await hear("unsuspend")).toMatchObject({ connection: "connected", connectionMessage: null });
  github.deleted.add(501);
  expect(await hear("deleted")).toMatchObject({
    connection: "failing",
    connectionMessage: expect.stringMatching(/not installed there any more\. Install it again/),
  });
  github.deleted.clear();
});

test("a suspended installation makes no token, which the error says with what to do", async () => {
  github.suspended.add(501);
  const { ctx } = alice;
  const { id = "" } = (await connectionOf(alice)) ?? {};
  const access = await withOrganization(ctx.organizationId, (tx) => findAccess(tx, ctx.organizationId, id));
  if (!access || typeof access.token === "string") throw new Error("alice is connected by the App");
  // Another repository's: none of its tokens is kept.
  const other = openHost({ ...access, token: { ...access.token, repositoryId: 2 } });
  await expect(other.getRepository()).rejects.toMatchObject({
    code: "unauthorized",
    message: expect.stringContaining("suspended"),
    nextStep: expect.stringContaining("unsuspend"),
  });
  github.suspended.clear();
  await expect(other.getRepository()).rejects.toMatchObject({ nextStep: expect.stringContaining("reach") });
});

test("webhooks may be signed with the App's own secret", async () => {
  expect(await webhookSecrets()).toEqual([database.env.GITHUB_WEBHOOK_SECRET, "of-the-app"]);
});

test("a person's token through the App is renewed when it ends, each refresh token once, and its end is told", async () => {
  const { ctx } = alice;
  const userId = ctx.actor.id ?? "";
  github.codes.set("as-alice", aliceSees);
  const { url } = await startIdentity({ ctx });
  expect(url).not.toContain("scope");
  const query = { code: "as-alice", state: stateOf(url) };
  expect((await comeBack(installed, mallory, query)).done).toBeUndefined();
  expect((await comeBack(installed, alice, query)).done).toMatch(/opened as alice on GitHub/);
  const hours = (count: number) => new Date(Date.now() + count * 3_600_000);
  const now = await findPersonToken(userId);
  expect(now).toEqual({ login: "alice", token: "ghu_as-alice" });
  const renewed = await findPersonToken(userId, hours(8));
  expect(renewed?.token).toMatch(/^ghu_again_/);
  expect(await findPersonToken(userId, hours(1))).toEqual(renewed);
  expect((await findPersonToken(userId, hours(17)))?.token).not.toBe(renewed?.token);
  const { rows } = await database.owner.query(
    "select encode(token_encrypted, 'escape') as sealed from github_identities",
  );
  expect(JSON.stringify(rows)).not.toMatch(/gh[ur]_/);

  // A row of another person opens for nobody else.
  const other = mallory.ctx.actor.id ?? "";
  await database.owner.query(
    "insert into github_identities select $2::uuid, account_id, login, via, client_id, token_encrypted, problem, connected_at from github_identities where user_id = $1",
    [userId, other],
  );
  await expect(findPersonToken(other)).rejects.toThrow();

  github.codes.set("again", aliceSees);
  github.codes.set("thief", aliceSees);
  expect(
    (await comeBack(installed, alice, { code: "again", state: stateOf((await startIdentity({ ctx })).url) }))
      .done,
  ).toBeTruthy();
  // Somebody else has used the refresh token.
  await fetch(`${github.url}/login/oauth/access_token`, {
    method: "POST",
    body: JSON.stringify({
      refresh_token: "ghr_again",
      client_id: "Iv1.client",
      client_secret: "client-secret",
    }),
  });
  expect(await findPersonToken(userId, hours(8))).toBeNull();
  expect(await getIdentity({ ctx })).toMatchObject({
    login: "alice",
    problem: expect.stringMatching(/Connect again/),
  });
});
