import type { ChangedFile, Commit } from "./bare-repository.ts";
import type { Addresses, HostedRepository } from "./hosted-repository.ts";
import type { Pull, Review, Status } from "./state.ts";

const nobody = "0".repeat(40);

/** A user in GitHub's short form. */
export function userJson(host: Addresses, login: string) {
  const user = host.file.data.users.find((candidate) => candidate.login === login);
  return {
    login,
    id: user?.id ?? 9000 + host.file.data.organizations.indexOf(login),
    type: user ? "User" : "Organization",
    avatar_url: `${host.webUrl}/avatars/u/${login}`,
    html_url: `${host.webUrl}/${login}`,
    site_admin: false,
  };
}

/** A repository as GitHub's API shows it. */
export function repositoryJson(host: Addresses, { state }: HostedRepository) {
  const full = `${state.owner}/${state.name}`;
  return {
    id: state.id,
    node_id: `R_${state.id}`,
    name: state.name,
    full_name: full,
    private: state.private,
    owner: userJson(host, state.owner),
    html_url: `${host.webUrl}/${full}`,
    clone_url: `${host.webUrl}/${full}.git`,
    git_url: `${host.webUrl}/${full}.git`,
    url: `${host.apiUrl}/repos/${full}`,
    default_branch: state.defaultBranch,
    archived: state.archived,
    disabled: false,
    fork: false,
    created_at: state.createdAt,
    pushed_at: state.createdAt,
    allow_merge_commit: true,
    allow_squash_merge: true,
    allow_rebase_merge: false,
    visibility: state.private ? "private" : "public",
  };
}

/** The account whose e-mail address a commit carries, when there is one. */
function accountOf(host: Addresses, email: string) {
  const user = host.file.data.users.find(
    (candidate) => candidate.email.toLowerCase() === email.toLowerCase(),
  );
  return user ? userJson(host, user.login) : null;
}

/** A commit as the Git data API shows it. */
export function gitCommitJson(host: Addresses, { state }: HostedRepository, commit: Commit) {
  const base = `${host.apiUrl}/repos/${state.owner}/${state.name}`;
  return {
    sha: commit.sha,
    node_id: `C_${commit.sha}`,
    url: `${base}/git/commits/${commit.sha}`,
    html_url: `${host.webUrl}/${state.owner}/${state.name}/commit/${commit.sha}`,
    author: commit.author,
    committer: commit.committer,
    message: commit.message,
    tree: { sha: commit.tree, url: `${base}/git/trees/${commit.tree}` },
    parents: commit.parents.map((sha) => ({ sha, url: `${base}/git/commits/${sha}` })),
    verification: { verified: false, reason: "unsigned", signature: null, payload: null },
  };
}

/** A commit as the commits API shows it. */
export function commitJson(host: Addresses, repository: HostedRepository, commit: Commit) {
  const git = gitCommitJson(host, repository, commit);
  return {
    sha: commit.sha,
    node_id: git.node_id,
    url: git.url.replace("/git/commits/", "/commits/"),
    html_url: git.html_url,
    commit: {
      author: git.author,
      committer: git.committer,
      message: git.message,
      tree: git.tree,
      comment_count: 0,
    },
    author: accountOf(host, commit.author.email),
    committer: accountOf(host, commit.committer.email),
    parents: git.parents,
  };
}

// GitHub leaves the patch out of a file whose diff is large; so do we, at about its size.
const PATCH_LIMIT = 400_000;

/** One changed file as compare, commits and pulls show it. */
export function fileJson(file: ChangedFile) {
  return {
    sha: file.sha,
    filename: file.filename,
    ...(file.previousFilename ? { previous_filename: file.previousFilename } : {}),
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    ...(file.patch !== undefined && file.patch.length <= PATCH_LIMIT ? { patch: file.patch } : {}),
  };
}

/** A pull request without what has to be computed (mergeability, counts). */
export function pullJson(host: Addresses, repository: HostedRepository, pull: Pull) {
  const { owner, name } = repository.state;
  const side = (ref: string, sha: string) => ({
    label: `${owner}:${ref}`,
    ref,
    sha,
    user: userJson(host, owner),
    repo: repositoryJson(host, repository),
  });
  return {
    id: pull.id,
    node_id: `PR_${pull.id}`,
    number: pull.number,
    url: `${host.apiUrl}/repos/${owner}/${name}/pulls/${pull.number}`,
    html_url: `${host.webUrl}/${owner}/${name}/pull/${pull.number}`,
    state: pull.state,
    locked: false,
    title: pull.title,
    body: pull.body,
    draft: pull.draft,
    user: userJson(host, pull.login),
    head: side(pull.headRef, pull.headSha),
    base: side(pull.baseRef, pull.baseSha),
    created_at: pull.createdAt,
    updated_at: pull.updatedAt,
    closed_at: pull.closedAt,
    merged_at: pull.mergedAt,
    merged: pull.mergedAt !== null,
    merged_by: pull.mergedBy ? userJson(host, pull.mergedBy) : null,
    merge_commit_sha: pull.mergeCommitSha,
    labels: [],
    requested_reviewers: [],
  };
}

/** A review as GitHub's API shows it. */
export function reviewJson(host: Addresses, review: Review) {
  return {
    id: review.id,
    user: userJson(host, review.login),
    body: review.body,
    state: review.state,
    commit_id: review.commitId,
    submitted_at: review.submittedAt,
  };
}

/** A commit status as GitHub's API shows it. */
export function statusJson(host: Addresses, status: Status) {
  return {
    id: status.id,
    state: status.state,
    context: status.context,
    description: status.description,
    target_url: status.targetUrl,
    creator: userJson(host, status.login),
    created_at: status.createdAt,
    updated_at: status.createdAt,
  };
}

/** The body of a `push` webhook for one ref that moved. */
export async function pushPayload(repository: HostedRepository, ref: string, from?: string, to?: string) {
  const range = to ? (from ? [`${from}..${to}`] : ["-20", to]) : [];
  const commits = to && ref.startsWith("refs/heads/") ? (await repository.git.log(range)).reverse() : [];
  const described = [];
  for (const commit of commits.slice(-20)) {
    const files = await repository.git.diff(commit.parents[0], commit.sha);
    const named = (status: string) =>
      files.filter((file) => file.status === status).map((file) => file.filename);
    described.push({
      id: commit.sha,
      tree_id: commit.tree,
      distinct: true,
      message: commit.message,
      timestamp: commit.committer.date,
      author: { name: commit.author.name, email: commit.author.email },
      committer: { name: commit.committer.name, email: commit.committer.email },
      added: named("added"),
      removed: named("removed"),
      modified: [...named("modified"), ...named("renamed")],
    });
  }
  const forced = from && to ? !(await repository.git.isAncestor(from, to)) : false;
  return {
    ref,
    before: from ?? nobody,
    after: to ?? nobody,
    created: !from,
    deleted: !to,
    forced,
    base_ref: null,
    commits: described,
    head_commit: described.at(-1) ?? null,
    pusher: { name: "pusher" },
  };
}
