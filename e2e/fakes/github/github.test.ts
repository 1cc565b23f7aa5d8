import { createHmac, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Octokit } from "@octokit/rest";
import { afterEach, beforeEach, expect, test } from "vitest";
import { gitText } from "./git.ts";
import { type FakeGithub, startFakeGithub } from "./index.ts";

const users = [
  { login: "alice", name: "Alice Andersson", email: "alice@family.example", token: "token-alice" },
  { login: "bob", name: "Bob Berg", email: "bob@family.example", token: "token-bob" },
];
const owner = "family";
const repo = "fleet";

interface Received {
  event: string;
  signature: string;
  body: string;
}

let dir: string;
let github: FakeGithub;
let receiver: Server;
let received: Received[];

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "plumbline-github-"));
  received = [];
  receiver = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const header = (name: string) => String(request.headers[name]);
    received.push({ event: header("x-github-event"), signature: header("x-hub-signature-256"), body });
    response.end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  github = await start({ url, secret: "hush" });
  await github.createRepository(owner, repo, { private: true });
});

afterEach(async () => {
  await github.close();
  receiver.close();
  rmSync(dir, { recursive: true, force: true });
});

const start = (webhook?: { url: string; secret: string }) =>
  startFakeGithub({ dataDir: join(dir, "data"), users, ...(webhook ? { webhook } : {}) });

const log = { debug() {}, info() {}, warn() {}, error() {} };

const octokit = (token = "token-alice") => new Octokit({ auth: token, baseUrl: github.apiUrl, log });

const signedCloneUrl = (token = "token-alice") =>
  github.cloneUrl(owner, repo).replace("http://", `http://anyone:${token}@`);

const author = ["-c", "user.name=Alice Andersson", "-c", "user.email=alice@family.example"];

/** A clone with one commit on main, written with a time zone of its own. */
async function pushFirst(): Promise<{ work: string; sha: string }> {
  const work = join(dir, "work");
  await gitText(["clone", "--quiet", signedCloneUrl(), work]);
  await gitText(["-C", work, "checkout", "--quiet", "-B", "main"]);
  return { work, sha: await commitAndPush(work, "replicas.txt", "1\n", "Start with one replica") };
}

async function commitAndPush(work: string, file: string, content: string, message: string): Promise<string> {
  writeFileSync(join(work, file), content);
  await gitText(["-C", work, "add", "."]);
  const env = { GIT_AUTHOR_DATE: "2026-11-10T09:00:00+0530", GIT_COMMITTER_DATE: "2026-11-10T09:00:01-0330" };
  await gitText(["-C", work, ...author, "commit", "--quiet", "-m", message], { env });
  await gitText(["-C", work, "push", "--quiet", "origin", "HEAD"]);
  return gitText(["-C", work, "rev-parse", "HEAD"]);
}

test("a push over HTTP is in the API under the same SHA and is announced by a signed webhook", async () => {
  const { sha, work } = await pushFirst();
  const { data: ref } = await octokit().rest.git.getRef({ owner, repo, ref: "heads/main" });
  expect(ref.object.sha).toBe(sha);
  const { data: commit } = await octokit().rest.repos.getCommit({ owner, repo, ref: "main" });
  expect(commit.author?.login).toBe("alice");
  expect(commit.commit.author?.date).toBe("2026-11-10T03:30:00Z");
  expect(commit.files?.[0]).toMatchObject({
    filename: "replicas.txt",
    status: "added",
    patch: "@@ -0,0 +1 @@\n+1",
  });
  expect(commit.commit.tree.sha).toBe(await gitText(["-C", work, "rev-parse", "HEAD^{tree}"]));

  await github.deliveries();
  const push = received.find(({ event }) => event === "push");
  expect(push?.signature).toBe(`sha256=${createHmac("sha256", "hush").update(push!.body).digest("hex")}`);
  expect(JSON.parse(push!.body)).toMatchObject({
    ref: "refs/heads/main",
    after: sha,
    commits: [{ id: sha, added: ["replicas.txt"] }],
    repository: { full_name: "family/fleet" },
    sender: { login: "alice" },
  });
});

test("a branch, commit and pull request made through Octokit are fetched by Git under the same SHAs", async () => {
  const { work, sha } = await pushFirst();
  const api = octokit("token-bob").rest;
  const { data: blob } = await api.git.createBlob({ owner, repo, content: "3\n" });
  const base = await gitText(["-C", work, "rev-parse", "HEAD^{tree}"]);
  const { data: tree } = await api.git.createTree({
    owner,
    repo,
    base_tree: base,
    tree: [{ path: "deep/er/replicas.txt", mode: "100644", type: "blob", sha: blob.sha }],
  });
  const date = "2026-11-12T23:30:00+02:00";
  const by = { name: "Bob Berg", email: "bob@family.example", date };
  const { data: commit } = await api.git.createCommit({
    owner,
    repo,
    message: "Add",
    tree: tree.sha,
    parents: [sha],
    author: by,
  });
  await api.git.createRef({ owner, repo, ref: "refs/heads/more", sha: commit.sha });
  const later = await commitAndPush(work, "other.txt", "x\n", "Main moves on");
  const { data: pull } = await api.pulls.create({ owner, repo, title: "More", head: "more", base: "main" });
  const { data: seen } = await api.pulls.get({ owner, repo, pull_number: pull.number });
  expect(seen).toMatchObject({ mergeable: true, mergeable_state: "clean", changed_files: 1 });
  const { data: merged } = await api.pulls.merge({ owner, repo, pull_number: pull.number });

  await gitText(["-C", work, "fetch", "--quiet", "origin"]);
  expect(await gitText(["-C", work, "rev-parse", "origin/more"])).toBe(commit.sha);
  expect(await gitText(["-C", work, "rev-parse", "origin/main"])).toBe(merged.sha);
  expect(await gitText(["-C", work, "rev-parse", "origin/main^1", "origin/main^2"])).toBe(
    `${later}\n${commit.sha}`,
  );
  expect(await gitText(["-C", work, "show", "--no-patch", "--format=%aI", commit.sha])).toBe(date);
  const files = await gitText(["-C", work, "ls-tree", "-r", "--name-only", "origin/main"]);
  expect(files.split("\n")).toEqual(["deep/er/replicas.txt", "other.txt", "replicas.txt"]);
  await gitText(["-C", work, "fsck", "--strict"]);
  await github.deliveries();
  const actions = received
    .filter(({ event }) => event === "pull_request")
    .map(({ body }) => JSON.parse(body).action);
  expect(actions).toEqual(["opened", "closed"]);
});

test("a conflicting pull request says so and is not merged", async () => {
  const { work, sha } = await pushFirst();
  await gitText(["-C", work, "checkout", "--quiet", "-b", "theirs"]);
  await commitAndPush(work, "replicas.txt", "5\n", "Five");
  await gitText(["-C", work, "checkout", "--quiet", "main"]);
  const head = await commitAndPush(work, "replicas.txt", "7\n", "Seven");
  const api = octokit().rest;
  const { data: pull } = await api.pulls.create({ owner, repo, title: "Five", head: "theirs", base: "main" });
  expect(pull.mergeable).toBe(false);
  await expect(api.pulls.merge({ owner, repo, pull_number: 1 })).rejects.toMatchObject({ status: 405 });
  expect((await api.git.getRef({ owner, repo, ref: "heads/main" })).data.object.sha).toBe(head);
  expect(head).not.toBe(sha);
});

test("a protected branch takes neither a direct update nor an unapproved merge", async () => {
  const { work, sha } = await pushFirst();
  await gitText(["-C", work, "checkout", "--quiet", "-b", "change"]);
  const change = await commitAndPush(work, "replicas.txt", "2\n", "Two");
  github.protectBranch(owner, repo, "main", { requiredApprovals: 1, requiredContexts: [] });
  const api = octokit().rest;
  await expect(api.git.updateRef({ owner, repo, ref: "heads/main", sha: change })).rejects.toMatchObject({
    status: 422,
  });
  const { data: pull } = await api.pulls.create({ owner, repo, title: "Two", head: "change", base: "main" });
  await expect(api.pulls.merge({ owner, repo, pull_number: pull.number })).rejects.toMatchObject({
    status: 405,
  });
  await octokit("token-bob").rest.pulls.createReview({
    owner,
    repo,
    pull_number: pull.number,
    event: "APPROVE",
  });
  expect((await api.pulls.merge({ owner, repo, pull_number: pull.number })).data.merged).toBe(true);
  expect(sha).not.toBe(change);
});

test("a private repository asks Git for a token and refuses a wrong or revoked one", async () => {
  await pushFirst();
  const lsRemote = (url: string) => gitText(["ls-remote", url]);
  const answer = await fetch(`${github.cloneUrl(owner, repo)}/info/refs?service=git-upload-pack`);
  expect(answer.status).toBe(401);
  expect(answer.headers.get("www-authenticate")).toContain("Basic");
  await expect(lsRemote(signedCloneUrl("nonsense"))).rejects.toThrow();
  expect(await lsRemote(signedCloneUrl("token-bob"))).toContain("refs/heads/main");
  github.revokeToken("token-bob");
  await expect(lsRemote(signedCloneUrl("token-bob"))).rejects.toThrow();
  await expect(octokit("token-bob").rest.repos.get({ owner, repo })).rejects.toMatchObject({ status: 401 });
});

test("a restart on the same folder keeps repositories, pull requests and hooks", async () => {
  const { work } = await pushFirst();
  await gitText(["-C", work, "checkout", "--quiet", "-b", "change"]);
  const change = await commitAndPush(work, "replicas.txt", "2\n", "Two");
  await octokit().rest.pulls.create({ owner, repo, title: "Two", head: "change", base: "main" });
  await octokit().rest.repos.createWebhook({
    owner,
    repo,
    config: { url: "http://127.0.0.1:9/" },
    events: ["push"],
  });
  await github.close();
  github = await start();
  const { data: pulls } = await octokit().rest.pulls.list({ owner, repo });
  expect(pulls.map((pull) => [pull.title, pull.head.sha])).toEqual([["Two", change]]);
  expect((await octokit().rest.repos.listWebhooks({ owner, repo })).data).toHaveLength(1);
  expect(await gitText(["ls-remote", signedCloneUrl(), "refs/heads/change"])).toContain(change);
});

test("signing in shows the users, gives a code, and the code buys a token that knows who it is", async () => {
  const query = new URLSearchParams({
    client_id: "plumbline",
    redirect_uri: "http://localhost:4300/callback",
    state: "s1",
  });
  const page = await (await fetch(`${github.webUrl}/login/oauth/authorize?${query}`)).text();
  expect(page.match(/name="login" value="\w+"/g)).toEqual([
    'name="login" value="alice"',
    'name="login" value="bob"',
  ]);
  const chosen = await fetch(`${github.webUrl}/login/oauth/callback`, {
    method: "POST",
    redirect: "manual",
    body: new URLSearchParams({ ...Object.fromEntries(query), login: "bob", scope: "read:user user:email" }),
  });
  const back = new URL(chosen.headers.get("location")!);
  expect(back.searchParams.get("state")).toBe("s1");
  const bought = await fetch(`${github.webUrl}/login/oauth/access_token`, {
    method: "POST",
    headers: { accept: "application/json" },
    body: new URLSearchParams({
      client_id: "plumbline",
      client_secret: "x",
      code: back.searchParams.get("code")!,
    }),
  });
  const { access_token: token } = (await bought.json()) as { access_token: string };
  const api = octokit(token).rest;
  expect((await api.users.getAuthenticated()).data).toMatchObject({
    login: "bob",
    email: "bob@family.example",
  });
  expect((await api.users.listEmailsForAuthenticatedUser()).data[0]).toMatchObject({
    email: "bob@family.example",
  });
  expect(await gitText(["ls-remote", signedCloneUrl(token)])).toBe("");
  await expect(octokit("no-such-token").rest.users.getAuthenticated()).rejects.toMatchObject({ status: 401 });
});

test("a failure switch fails as many requests as it was told and no more", async () => {
  github.fail({ route: /GET .*\/pulls$/, status: 503, times: 2 });
  const list = () => octokit().rest.pulls.list({ owner, repo });
  await expect(list()).rejects.toMatchObject({ status: 503 });
  await expect(list()).rejects.toMatchObject({ status: 503 });
  expect((await list()).data).toEqual([]);
  const mend = github.fail({ route: /GET .*\/pulls$/, status: 503, times: Number.POSITIVE_INFINITY });
  await expect(list()).rejects.toMatchObject({ status: 503 });
  mend();
  expect((await list()).data).toEqual([]);
});

test("a registered application signs people in with its secret as Basic authentication, and not without it", async () => {
  await github.close();
  const oauthApp = {
    clientId: "plumbline",
    clientSecret: "s3cret",
    redirectUris: ["http://localhost:4300/callback"],
  };
  github = await startFakeGithub({ dataDir: join(dir, "data"), users, oauthApp });
  const query = { client_id: "plumbline", redirect_uri: "http://localhost:4300/callback", state: "s" };
  const elsewhere = new URLSearchParams({ ...query, redirect_uri: "http://evil.example/" });
  expect((await fetch(`${github.webUrl}/login/oauth/authorize?${elsewhere}`)).status).toBe(400);
  const signIn = async (login: string, secret: string) => {
    const chosen = await fetch(`${github.webUrl}/login/oauth/callback`, {
      method: "POST",
      redirect: "manual",
      body: new URLSearchParams({ ...query, login }),
    });
    if (chosen.status !== 302) return { status: chosen.status };
    const bought = await fetch(`${github.webUrl}/login/oauth/access_token`, {
      method: "POST",
      headers: {
        accept: "application/json",
        authorization: `Basic ${Buffer.from(`plumbline:${secret}`).toString("base64")}`,
      },
      body: new URLSearchParams({
        grant_type: "authorization_code",
        code: new URL(chosen.headers.get("location")!).searchParams.get("code")!,
        redirect_uri: query.redirect_uri,
      }),
    });
    return (await bought.json()) as { access_token?: string; error?: string };
  };
  expect(await signIn("alice", "wrong")).toMatchObject({ error: "incorrect_client_credentials" });
  expect(await signIn("admin", "s3cret")).toEqual({ status: 422 });
  const { access_token: token } = (await signIn("alice", "s3cret")) as { access_token: string };
  expect((await octokit(token).rest.users.getAuthenticated()).data.login).toBe("alice");
});

test("a large push, sent in chunks, arrives whole", async () => {
  const { work } = await pushFirst();
  const size = 3 * 1024 * 1024;
  writeFileSync(join(work, "large.bin"), randomBytes(size));
  const sha = await commitAndPush(work, "small.txt", "x\n", "Something large");
  const again = join(dir, "again");
  await gitText(["clone", "--quiet", signedCloneUrl(), again, "--branch", "main"]);
  expect(await gitText(["-C", again, "rev-parse", "HEAD"])).toBe(sha);
  expect(statSync(join(again, "large.bin")).size).toBe(size);
});

test("a pull request can be approved and merged from its page", async () => {
  const { work } = await pushFirst();
  await gitText(["-C", work, "checkout", "--quiet", "-b", "change"]);
  await commitAndPush(work, "replicas.txt", "<2>\n", "Two & more");
  const { data: pull } = await octokit().rest.pulls.create({
    owner,
    repo,
    title: "Two & more",
    head: "change",
    base: "main",
  });
  const page = await (await fetch(pull.html_url)).text();
  expect(page).toContain("Two &amp; more");
  expect(page).toContain("<ins>+&lt;2&gt;</ins>");
  for (const action of ["approve", "merge"])
    await fetch(pull.html_url, { method: "POST", body: new URLSearchParams({ login: "bob", action }) });
  const { data: merged } = await octokit().rest.pulls.get({ owner, repo, pull_number: pull.number });
  expect(merged).toMatchObject({ merged: true, merged_by: { login: "bob" } });
  expect(await (await fetch(pull.html_url)).text()).toContain('<strong id="state">merged</strong>');
});
