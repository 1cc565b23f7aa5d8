import { createServer } from "node:http";
import { beforeEach, describe, expect, test } from "vitest";
import { openGithubRepository, pullRequestEventSchema, pushEventSchema } from "#lib/git-hosts/index.ts";
import {
  api,
  commit,
  connectStandIn,
  history,
  host,
  opened,
  owner,
  production,
  repo,
  restore,
  token,
} from "./contract-setup.ts";
import type { FakeGithub } from "./index.ts";

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

  test("the pull request that brought a commit is found by its merge, its squash and its own commits, and no other", async () => {
    const { target, head } = await history();
    expect(await host.findIntroduction(head)).toBeNull();
    const { branch, commitSha } = await restore(target);
    const { number } = await host.openPullRequest({ title: "Back", body: "", branch, baseBranch: "main" });
    // Open, so that it has brought nothing yet.
    expect(await host.findIntroduction(commitSha)).toBeNull();
    github.approvePullRequest(owner, repo, number, "bob");
    const { sha } = await github.mergePullRequest(owner, repo, number, "bob");
    const introduction = { number, title: "Back", author: "alice", mergedBy: "bob", approvedBy: ["bob"] };
    expect(await host.findIntroduction(sha)).toMatchObject(introduction);
    expect(await host.findIntroduction(commitSha)).toMatchObject(introduction);
    const direct = await commit({ "base/app.yaml": "app: 9\n" }, "Directly");
    expect(await host.findIntroduction(direct)).toBeNull();
    await expect(host.findIntroduction("0".repeat(40))).rejects.toMatchObject({ code: "not-found" });
    const squashed = await host.restorePath({
      ...{ paths: ["base"], targetSha: head, branch: "plumbline/base", baseBranch: "main", message: "Base" },
    });
    const second = await host.openPullRequest({
      title: "Base",
      body: "",
      branch: squashed.branch,
      baseBranch: "main",
    });
    const where = { owner, repo, pull_number: second.number };
    const { data } = await api.pulls.merge({ ...where, merge_method: "squash" });
    expect(await host.findIntroduction(data.sha)).toMatchObject({ number: second.number, approvedBy: [] });
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
    const receiver = createServer(async (request, response) => {
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
    const silent = createServer(() => {});
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
