import { beforeEach, describe, expect, test } from "vitest";
import {
  api,
  asBob,
  commit,
  connectEmulate,
  connectStandIn,
  history,
  host,
  owner,
  production,
  repo,
  restore,
} from "./contract-setup.ts";

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
    expect(preview.files.map(({ sha: _, ...file }) => file)).toEqual(files);
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
    await expect(restore(target)).rejects.toMatchObject({ code: "taken" });
    expect(await host.getBranchHead("plumbline/rollback-1")).toBe(head);
  });

  test("one commit is taken back, with what came after it kept in the same file, or refused where that overlaps", async () => {
    const text = "image: 1\nmemory: 64Mi\nreplicas: 1\n";
    const file = `${production}/b.yaml`;
    const before = await commit({ [file]: text }, "Before");
    const undoing = await commit({ [file]: text.replace("replicas: 1", "replicas: 9") }, "Scale");
    await commit(
      { [file]: text.replace("replicas: 1", "replicas: 9").replace("image: 1", "image: 2") },
      "Image",
    );
    const ask = { paths: [file], targetSha: before, undoing, baseBranch: "main" };
    const preview = await host.previewRestore(ask);
    expect(preview).toMatchObject({ files: [{ path: file, additions: 1, deletions: 1 }] });
    expect(preview.files[0]?.patch).toContain("-replicas: 9\n+replicas: 1");
    const restoring = { ...ask, branch: "plumbline/revert-1", message: "Revert" };
    const restored = await host.restorePath(restoring);
    expect(await host.fileAt(restored.commitSha, file)).toBe(text.replace("image: 1", "image: 2"));
    expect((await host.treeAt(restored.commitSha, file))?.sha).toBe(preview.files[0]?.sha);
    expect(await host.restorePath(restoring)).toEqual({ ...restored, created: false });
    await commit({ [file]: text.replace("replicas: 1", "replicas: 5") }, "Scale again");
    await expect(host.previewRestore(ask)).rejects.toMatchObject({ code: "overlapping" });
    const other = { ...restoring, branch: "plumbline/revert-2" };
    await expect(host.restorePath(other)).rejects.toMatchObject({ code: "overlapping" });
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

  test("the newest verdict of each reviewer is what counts", async () => {
    const { target } = await history();
    const { branch } = await restore(target);
    const { number } = await host.openPullRequest({ title: "Back", body: "", branch, baseBranch: "main" });
    const review = (event: "APPROVE" | "REQUEST_CHANGES" | "COMMENT") =>
      asBob.pulls.createReview({ owner, repo, pull_number: number, event, body: "Looked at it" });
    await review("REQUEST_CHANGES");
    expect(await host.getPullRequest(number)).toMatchObject({ approvals: [], changesRequestedBy: ["bob"] });
    await review("APPROVE");
    await review("COMMENT");
    expect(await host.getPullRequest(number)).toMatchObject({
      approvals: [{ login: "bob" }],
      changesRequestedBy: [],
    });
  });

  test("what is not there is not found", async () => {
    const { head } = await history();
    await expect(host.getBranchHead("nowhere")).rejects.toMatchObject({ code: "not-found" });
    await expect(host.getPullRequest(99)).rejects.toMatchObject({ code: "not-found" });
    await expect(restore(head, ["no/such/path"])).rejects.toMatchObject({ code: "not-found" });
    await expect(restore(head, ["../outside"])).rejects.toMatchObject({ code: "not-found" });
    await expect(restore(head)).rejects.toMatchObject({ code: "nothing-to-do" });
  });
});
