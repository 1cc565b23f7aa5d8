import type { Comparison, FileChange, GitHost, HostCommit, RestorePreview } from "../git-host.ts";
import type { RepositoryAddress } from "../repository-url.ts";
import { createGithubClient, type GithubAccess } from "./client.ts";
import { toGitHostError } from "./errors.ts";
import { createObjectStore, isStatus } from "./object-store.ts";
import { readIntroduction, readPullRequest } from "./pull-requests.ts";
import { namesOf, outermost, restorePath } from "./restore-path.ts";
import { restoredFiles } from "./restore-preview.ts";
import { changesOfGrafts } from "./tree-changes.ts";
import { findInTree } from "./trees.ts";
import { wantedOn } from "./wanted.ts";

export type { GithubAccess } from "./client.ts";

// What GitHub's compare sends at most: https://docs.github.com/rest/commits/commits#compare-two-commits
const COMPARE_FILES = 300;
const DESCRIPTION_LENGTH = 140;

/** The API of the host that a repository lives on: github.com has its own, an Enterprise server serves it itself. */
export function githubApiUrl(repository: RepositoryAddress): string {
  return repository.host === "github.com"
    ? "https://api.github.com"
    : `${new URL(repository.webUrl).origin}/api/v3`;
}

interface ApiCommit {
  sha: string;
  html_url: string;
  commit: {
    message: string;
    author: { name?: string; email?: string } | null;
    committer: { date?: string } | null;
  };
  author: unknown;
  parents: { sha: string }[];
}

function commitOf(commit: ApiCommit): HostCommit {
  // An author without an account is null, or an empty object.
  const account = commit.author as { login?: string } | null;
  return {
    sha: commit.sha,
    authorName: commit.commit.author?.name ?? "unknown",
    authorEmail: commit.commit.author?.email ?? "",
    authorLogin: account?.login ?? null,
    committedAt: commit.commit.committer?.date ?? "",
    message: commit.commit.message,
    parents: commit.parents.map((parent) => parent.sha),
    url: commit.html_url,
  };
}

const STATUSES: readonly string[] = [
  "added",
  "removed",
  "modified",
  "renamed",
] satisfies FileChange["status"][];

interface ApiFile {
  filename: string;
  previous_filename?: string;
  status: string;
  additions: number;
  deletions: number;
  changes: number;
  patch?: string;
}

function fileOf(file: ApiFile): FileChange {
  return {
    path: file.filename,
    previousPath: file.previous_filename ?? null,
    status: STATUSES.includes(file.status) ? (file.status as FileChange["status"]) : "other",
    additions: file.additions,
    deletions: file.deletions,
    patch: file.patch ?? null,
  };
}

/** Opens one repository on GitHub or GitHub Enterprise. */
export function openGithubRepository(access: GithubAccess): GitHost {
  const client = createGithubClient(access);
  const { rest } = client;
  const where = { owner: access.owner, repo: access.name };
  const full = `${access.owner}/${access.name}`;

  /** Runs one step and says, should it fail, what was being done. */
  async function attempt<T>(doing: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw toGitHostError(error, `${doing} in ${full}`, access.token);
    }
  }

  const store = createObjectStore(client, where);

  async function compare(base: string, head: string): Promise<Comparison> {
    const { data } = await rest.repos.compareCommitsWithBasehead({ ...where, basehead: `${base}...${head}` });
    const files = data.files ?? [];
    const cut = files.some((file) => file.patch === undefined && file.changes > 0);
    return {
      baseSha: data.base_commit.sha,
      headSha: data.commits.at(-1)?.sha ?? data.merge_base_commit.sha,
      mergeBaseSha: data.merge_base_commit.sha,
      status: data.status,
      totalCommits: data.total_commits,
      commits: data.commits.map(commitOf),
      files: files.map(fileOf),
      truncated: cut || files.length >= COMPARE_FILES || data.commits.length < data.total_commits,
      url: data.html_url,
    };
  }

  async function previewRestore(asked: Parameters<GitHost["previewRestore"]>[0]): Promise<RestorePreview> {
    const { targetSha, undoing, baseBranch } = asked;
    const paths = outermost(asked.paths);
    const baseSha = (await rest.git.getRef({ ...where, ref: `heads/${baseBranch}` })).data.object.sha;
    const [base, target, undone] = await Promise.all(
      [baseSha, targetSha, undoing].map(async (sha) =>
        sha ? (await store.readCommit(sha)).tree : undefined,
      ),
    );
    const { grafts, merged } = await wantedOn(store, { base: base!, target: target!, undone }, paths);
    const changes = await changesOfGrafts(store, base!, grafts);
    if (changes.length === 0) return { baseSha, files: [], truncated: false };
    // Without a common ancestor there is no comparison, and no lines to show.
    const comparison = await compare(targetSha, baseSha).catch((error) => {
      if (isStatus(error, 404)) return undefined;
      throw error;
    });
    const files = restoredFiles(changes, comparison).map((file) => {
      const { patch, additions, deletions } = merged.get(file.path) ?? file;
      return { ...file, patch, additions, deletions };
    });
    const seen = new Set(comparison?.files.map((file) => file.path));
    const truncated = files.some(
      (file) =>
        file.patch === null &&
        (file.additions + file.deletions > 0 || !seen.has(file.previousPath ?? file.path)),
    );
    return { baseSha, files, truncated };
  }

  const findByBranch = async (branch: string, state: "open" | "all") => {
    const head = `${access.owner}:${branch}`;
    const { data } = await rest.pulls.list({
      ...where,
      head,
      state,
      sort: "created",
      direction: "desc",
      per_page: 1,
    });
    return data[0]?.number;
  };

  return {
    getRepository: () =>
      attempt("Reading the repository", async () => {
        const { data } = await rest.repos.get(where);
        return {
          url: data.html_url,
          defaultBranch: data.default_branch,
          private: data.private,
          archived: data.archived,
          canPush: data.permissions?.push ?? null,
        };
      }),

    getBranchHead: (branch) =>
      attempt(`Reading branch ${branch}`, async () => {
        return (await rest.git.getRef({ ...where, ref: `heads/${branch}` })).data.object.sha;
      }),

    compare: (base, head) => attempt(`Comparing ${base} with ${head}`, () => compare(base, head)),

    listCommits: ({ ref, path, since, limit = 100 }) =>
      attempt(`Listing commits${path ? ` of ${path}` : ""}`, async () => {
        const commits: HostCommit[] = [];
        const pages = client.paginate.iterator(rest.repos.listCommits, {
          ...where,
          per_page: Math.min(limit, 100),
          ...(ref ? { sha: ref } : {}),
          ...(path ? { path } : {}),
          ...(since ? { since } : {}),
        });
        for await (const { data } of pages) {
          commits.push(...data.map(commitOf));
          if (commits.length >= limit) break;
        }
        return commits.slice(0, limit);
      }),

    getCommit: (ref) =>
      attempt(`Reading commit ${ref}`, async () => {
        return commitOf((await rest.repos.getCommit({ ...where, ref, per_page: 1 })).data);
      }),

    treeAt: (sha, path) =>
      attempt(`Reading ${path} at ${sha}`, async () => {
        const found = await findInTree(store, (await store.readCommit(sha)).tree, path);
        return found && { kind: found.kind, sha: found.sha };
      }),

    fileAt: (sha, path) =>
      attempt(`Reading ${path} at ${sha}`, async () => {
        const found = await findInTree(store, (await store.readCommit(sha)).tree, path);
        if (found?.kind !== "blob") return undefined;
        return (await store.readBlob(found.sha)).toString();
      }),

    hasBranch: (branch) =>
      attempt(`Looking for branch ${branch}`, async () => (await store.findBranch(branch)) !== undefined),

    restorePath: (request) =>
      attempt(`Restoring ${namesOf(request.paths)} to ${request.targetSha} on ${request.branch}`, () =>
        restorePath(store, request),
      ),

    previewRestore: (asked) =>
      attempt(`Previewing a restore of ${namesOf(asked.paths)} to ${asked.targetSha}`, () =>
        previewRestore(asked),
      ),

    openPullRequest: ({ title, body, branch, baseBranch }) =>
      attempt(`Opening a pull request from ${branch} to ${baseBranch}`, async () => {
        const open = await findByBranch(branch, "open");
        if (open) return readPullRequest(client, where, open);
        try {
          const { data } = await rest.pulls.create({ ...where, title, body, head: branch, base: baseBranch });
          return await readPullRequest(client, where, data.number);
        } catch (error) {
          const raced = isStatus(error, 422) ? await findByBranch(branch, "open") : undefined;
          if (raced) return readPullRequest(client, where, raced);
          throw error;
        }
      }),

    getPullRequest: (number) =>
      attempt(`Reading pull request #${number}`, () => readPullRequest(client, where, number)),

    findPullRequestByBranch: (branch) =>
      attempt(`Looking for a pull request from ${branch}`, async () => {
        const number = await findByBranch(branch, "all");
        return number === undefined ? undefined : readPullRequest(client, where, number);
      }),

    findIntroduction: (sha) =>
      attempt(`Looking for the pull request of ${sha}`, () => readIntroduction(client, where, sha)),

    setCommitStatus: ({ sha, state, context, description, targetUrl }) =>
      attempt(`Setting the status ${context} of ${sha}`, async () => {
        await rest.repos.createCommitStatus({
          ...where,
          sha,
          state,
          context,
          description:
            description.length > DESCRIPTION_LENGTH
              ? `${description.slice(0, DESCRIPTION_LENGTH - 1)}…`
              : description,
          ...(targetUrl ? { target_url: targetUrl } : {}),
        });
      }),
  };
}
