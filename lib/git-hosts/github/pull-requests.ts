import type { Approval, Introduction, PullRequest } from "../git-host.ts";
import type { GithubClient } from "./client.ts";

type Where = { owner: string; repo: string };

/** Who approves and who asks for changes: the newest verdict of each reviewer counts, a comment is none. */
async function reviewsOf(client: GithubClient, where: Where, number: number) {
  const reviews = await client.paginate(client.rest.pulls.listReviews, {
    ...where,
    pull_number: number,
    per_page: 100,
  });
  const newest = new Map<string, { state: string; at: string }>();
  for (const review of reviews)
    if (review.user && review.state !== "COMMENTED" && review.state !== "PENDING")
      newest.set(review.user.login, { state: review.state, at: review.submitted_at ?? "" });
  const approvals: Approval[] = [];
  const changesRequestedBy: string[] = [];
  for (const [login, { state, at }] of newest) {
    if (state === "APPROVED") approvals.push({ login, at });
    else if (state === "CHANGES_REQUESTED") changesRequestedBy.push(login);
  }
  return { approvals, changesRequestedBy };
}

/** Reads what a token may lack the permission for, or an older server the route. */
async function orWithout<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    const { status } = error as { status?: number };
    if (status === 403 || status === 404) return undefined;
    throw error;
  }
}

/** Commit statuses and check runs as one word, judged by those that the token may read. */
async function checksOf(client: GithubClient, where: Where, ref: string): Promise<PullRequest["checks"]> {
  const [combined, runs = []] = await Promise.all([
    orWithout(client.rest.repos.getCombinedStatusForRef({ ...where, ref, per_page: 100 })),
    orWithout(client.paginate(client.rest.checks.listForRef, { ...where, ref, per_page: 100 })),
  ]);
  const statuses = combined?.data;
  const passed = new Set<string | null>(["success", "neutral", "skipped"]);
  const words = [
    ...(statuses && statuses.total_count > 0
      ? [statuses.state === "error" ? "failure" : statuses.state]
      : []),
    ...runs.map((run) =>
      run.status !== "completed" ? "pending" : passed.has(run.conclusion) ? "success" : "failure",
    ),
  ];
  if (words.includes("failure")) return "failing";
  if (words.includes("pending")) return "pending";
  return words.length > 0 ? "passing" : "none";
}

function mergeabilityOf(pull: {
  state: string;
  mergeable: boolean | null;
  mergeable_state: string;
}): PullRequest["mergeable"] {
  if (pull.state !== "open" || pull.mergeable === null) return "unknown";
  if (!pull.mergeable) return "conflicting";
  return ["blocked", "behind", "draft"].includes(pull.mergeable_state) ? "blocked" : "clean";
}

/** Reads one pull request with its reviews and checks. */
export async function readPullRequest(
  client: GithubClient,
  where: Where,
  number: number,
): Promise<PullRequest> {
  const { data: pull } = await client.rest.pulls.get({ ...where, pull_number: number });
  const [reviews, checks] = await Promise.all([
    reviewsOf(client, where, number),
    checksOf(client, where, pull.head.sha),
  ]);
  return {
    number: pull.number,
    url: pull.html_url,
    title: pull.title,
    state: pull.merged ? "merged" : pull.state === "open" ? "open" : "closed",
    branch: pull.head.ref,
    baseBranch: pull.base.ref,
    headSha: pull.head.sha,
    openedBy: pull.user?.login ?? null,
    openedAt: pull.created_at,
    mergedAt: pull.merged_at ?? null,
    mergedBy: pull.merged_by?.login ?? null,
    closedAt: pull.closed_at ?? null,
    // Before a merge GitHub puts a trial merge here, which is no commit of the base branch.
    mergeCommitSha: pull.merged ? pull.merge_commit_sha : null,
    mergeable: mergeabilityOf(pull),
    checks,
    ...reviews,
    body: pull.body ?? "",
  };
}

/** Reads the merged pull request that a commit came with: of several, the one whose merge it is, or the newest. */
export async function readIntroduction(
  client: GithubClient,
  where: Where,
  sha: string,
): Promise<Introduction | null> {
  const { data } = await client.rest.repos.listPullRequestsAssociatedWithCommit({
    ...where,
    commit_sha: sha,
    per_page: 100,
  });
  const merged = data
    .filter((pull) => pull.merged_at)
    .sort((a, b) =>
      a.merged_at! < b.merged_at! ? 1 : a.merged_at! > b.merged_at! ? -1 : b.number - a.number,
    );
  const found = merged.find((pull) => pull.merge_commit_sha === sha) ?? merged[0];
  if (!found) return null;
  const [{ data: pull }, { approvals }] = await Promise.all([
    client.rest.pulls.get({ ...where, pull_number: found.number }),
    reviewsOf(client, where, found.number),
  ]);
  return {
    number: pull.number,
    url: pull.html_url,
    title: pull.title.slice(0, 300),
    author: pull.user?.login ?? null,
    mergedBy: pull.merged_by?.login ?? null,
    approvedBy: approvals.map(({ login }) => login).slice(0, 50),
  };
}
