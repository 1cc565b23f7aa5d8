import type { Identity } from "./bare-repository.ts";
import { ApiFailure, type Host } from "./host.ts";
import type { HostedRepository } from "./hosted-repository.ts";
import { commitJson, fileJson, pullJson, repositoryJson, reviewJson, statusJson } from "./json.ts";
import { type Call, created, ok, paged, type Route, route, textField } from "./routes.ts";
import type { Pull, Review, Status } from "./state.ts";

function pullOf(call: Call): Pull {
  const pull = call.repository.state.pulls.find((candidate) => candidate.number === Number(call.params[0]));
  if (!pull) throw new ApiFailure(404, "Not Found");
  return pull;
}

/** The newest review of each reviewer. */
function verdicts(pull: Pull): Review[] {
  const newest = new Map<string, Review>();
  for (const review of pull.reviews) if (review.state !== "COMMENTED") newest.set(review.login, review);
  return [...newest.values()];
}

/** What the base branch's protection still asks for, in GitHub's words; undefined when nothing. */
function blocked(repository: HostedRepository, pull: Pull): string | undefined {
  const rule = repository.state.protection[pull.baseRef];
  if (!rule) return undefined;
  const approvals = verdicts(pull).filter((review) => review.state === "APPROVED").length;
  if (approvals < rule.requiredApprovals)
    return `At least ${rule.requiredApprovals} approving review is required by reviewers with write access.`;
  for (const context of rule.requiredContexts) {
    const newest = repository.state.statuses.findLast((s) => s.sha === pull.headSha && s.context === context);
    if (newest?.state !== "success") return `Required status check "${context}" is expected.`;
  }
  return undefined;
}

async function fullPull(host: Host, repository: HostedRepository, pull: Pull) {
  const open = pull.state === "open";
  const tree = open ? await repository.git.mergeTree(pull.baseSha, pull.headSha) : undefined;
  const from = (await repository.git.mergeBase(pull.baseSha, pull.headSha)) ?? pull.baseSha;
  const files = await repository.git.diff(from, pull.headSha);
  const state = !open ? "unknown" : !tree ? "dirty" : blocked(repository, pull) ? "blocked" : "clean";
  return {
    ...pullJson(host, repository, pull),
    mergeable: open ? tree !== undefined : null,
    mergeable_state: state,
    rebaseable: false,
    commits: await repository.git.countCommits([`${from}..${pull.headSha}`]),
    additions: files.reduce((sum, file) => sum + file.additions, 0),
    deletions: files.reduce((sum, file) => sum + file.deletions, 0),
    changed_files: files.length,
  };
}

async function createPull(call: Call) {
  const login = call.host.assertWritable(call.repository, call.login);
  const { state, git } = call.repository;
  const head = textField(call, "head").replace(new RegExp(`^${state.owner}:`, "i"), "");
  const base = textField(call, "base");
  const refs = await git.refs();
  const [headSha, baseSha] = [refs.get(`refs/heads/${head}`), refs.get(`refs/heads/${base}`)];
  if (!headSha || !baseSha)
    throw new ApiFailure(422, `Validation Failed: ${headSha ? "base" : "head"} invalid`);
  if (state.pulls.some((pull) => pull.state === "open" && pull.headRef === head && pull.baseRef === base))
    throw new ApiFailure(422, `A pull request already exists for ${state.owner}:${head}.`);
  if (await git.isAncestor(headSha, baseSha))
    throw new ApiFailure(422, `No commits between ${base} and ${head}`);
  const at = new Date().toISOString();
  const pull: Pull = {
    id: call.host.file.nextId(),
    number: state.pulls.length + 1,
    title: textField(call, "title"),
    body: typeof call.body.body === "string" ? call.body.body : "",
    state: "open",
    draft: call.body.draft === true,
    login,
    headRef: head,
    headSha,
    baseRef: base,
    baseSha,
    createdAt: at,
    updatedAt: at,
    closedAt: null,
    mergedAt: null,
    mergedBy: null,
    mergeCommitSha: null,
    reviews: [],
  };
  state.pulls.push(pull);
  await git.updateRef(`refs/pull/${pull.number}/head`, headSha);
  call.host.pullEvent(call.repository, login, "opened", pull);
  return created(await fullPull(call.host, call.repository, pull));
}

/** Merges a pull request with a real three-way merge and a real merge (or squash) commit. */
export async function mergePull(
  host: Host,
  repository: HostedRepository,
  number: number,
  login: string,
  options: { method?: string; sha?: string; title?: string; message?: string } = {},
): Promise<string> {
  const pull = repository.state.pulls.find((candidate) => candidate.number === number);
  if (!pull) throw new ApiFailure(404, "Not Found");
  if (options.method === "rebase")
    throw new ApiFailure(405, "Rebase merges are not allowed on this repository.");
  return host.moveRefs(repository, login, async () => {
    if (pull.state !== "open" || pull.draft) throw new ApiFailure(405, "Pull Request is not mergeable");
    if (options.sha && options.sha !== pull.headSha)
      throw new ApiFailure(409, "Head branch was modified. Review and try the merge again.");
    const reason = blocked(repository, pull);
    if (reason) throw new ApiFailure(405, reason);
    const tree = await repository.git.mergeTree(pull.baseSha, pull.headSha);
    if (!tree) throw new ApiFailure(405, "Pull Request is not mergeable");
    const squash = options.method === "squash";
    const title =
      options.title ??
      (squash
        ? `${pull.title} (#${pull.number})`
        : `Merge pull request #${number} from ${repository.state.owner}/${pull.headRef}`);
    const message = options.message ?? (squash ? pull.body : pull.title);
    const account = host.file.data.users.find((user) => user.login === login);
    const date = new Date().toISOString();
    const author: Identity = { name: account?.name ?? login, email: account?.email ?? "", date };
    const merged = await repository.git.writeCommit({
      tree,
      parents: squash ? [pull.baseSha] : [pull.baseSha, pull.headSha],
      author,
      committer: { name: "GitHub", email: "noreply@github.com", date },
      message: message ? `${title}\n\n${message}` : title,
    });
    await repository.git.updateRef(`refs/heads/${pull.baseRef}`, merged, pull.baseSha);
    pull.baseSha = merged;
    host.markMerged(repository, login, pull, merged);
    return merged;
  });
}

async function mergeRoute(call: Call) {
  const login = call.host.assertWritable(call.repository, call.login);
  const text = (name: string) =>
    typeof call.body[name] === "string" ? (call.body[name] as string) : undefined;
  const sha = await mergePull(call.host, call.repository, pullOf(call).number, login, {
    method: text("merge_method"),
    sha: text("sha"),
    title: text("commit_title"),
    message: text("commit_message"),
  });
  return ok({ sha, merged: true, message: "Pull Request successfully merged" });
}

function listPulls(call: Call) {
  const state = call.query.get("state") ?? "open";
  const head = call.query.get("head");
  const base = call.query.get("base");
  const { owner, pulls } = call.repository.state;
  const found = pulls.filter(
    (pull) =>
      (state === "all" || pull.state === state) &&
      (!head || `${owner}:${pull.headRef}`.toLowerCase() === head.toLowerCase()) &&
      (!base || pull.baseRef === base),
  );
  if ((call.query.get("direction") ?? "desc") === "desc") found.reverse();
  return paged(call, found, (pull) => pullJson(call.host, call.repository, pull));
}

async function updatePull(call: Call) {
  const login = call.host.assertWritable(call.repository, call.login);
  const pull = pullOf(call);
  if (typeof call.body.title === "string") pull.title = call.body.title;
  if (typeof call.body.body === "string") pull.body = call.body.body;
  pull.updatedAt = new Date().toISOString();
  if (call.body.state === "closed" && pull.state === "open") call.host.close(call.repository, login, pull);
  else call.host.pullEvent(call.repository, login, "edited", pull);
  return ok(await fullPull(call.host, call.repository, pull));
}

/** Adds a review in `login`'s name. */
export function addReview(host: Host, pull: Pull, login: string, state: Review["state"], body = "") {
  const submittedAt = new Date().toISOString();
  const review: Review = { id: host.file.nextId(), login, state, body, commitId: pull.headSha, submittedAt };
  pull.reviews.push(review);
  host.file.save();
  return review;
}

function createReview(call: Call) {
  const login = call.host.assertWritable(call.repository, call.login);
  const states = { APPROVE: "APPROVED", REQUEST_CHANGES: "CHANGES_REQUESTED", COMMENT: "COMMENTED" } as const;
  const event = String(call.body.event ?? "COMMENT") as keyof typeof states;
  if (!states[event]) throw new ApiFailure(422, "event is not valid");
  const pull = pullOf(call);
  if (event === "APPROVE" && pull.login === login)
    throw new ApiFailure(422, "Can not approve your own pull request");
  const review = addReview(call.host, pull, login, states[event], String(call.body.body ?? ""));
  return ok(reviewJson(call.host, review));
}

async function pullFiles(call: Call) {
  const pull = pullOf(call);
  const from = (await call.repository.git.mergeBase(pull.baseSha, pull.headSha)) ?? pull.baseSha;
  return paged(call, await call.repository.git.diff(from, pull.headSha), fileJson);
}

async function pullCommits(call: Call) {
  const pull = pullOf(call);
  const commits = (await call.repository.git.log([`${pull.baseSha}..${pull.headSha}`])).reverse();
  return paged(call, commits, (commit) => commitJson(call.host, call.repository, commit));
}

/** Pull requests with a commit among theirs, or whose merge it is. */
async function pullsOfCommit(call: Call) {
  const { git, state } = call.repository;
  const sha = await git.findCommitSha(call.params[0]!);
  if (!sha) throw new ApiFailure(422, `No commit found for SHA: ${call.params[0]}`);
  const found: Pull[] = [];
  for (const pull of state.pulls) {
    const merge = pull.mergeCommitSha;
    const base = merge ? (await git.commit(merge)).parents[0]! : pull.baseSha;
    const own = (await git.isAncestor(sha, pull.headSha)) && !(await git.isAncestor(sha, base));
    if (sha === merge || own) found.push(pull);
  }
  return paged(call, found, (pull) => pullJson(call.host, call.repository, pull));
}

async function createStatus(call: Call) {
  const login = call.host.assertWritable(call.repository, call.login);
  const sha = call.params[0]!;
  if ((await call.repository.git.objectType(sha)) !== "commit")
    throw new ApiFailure(422, `No commit found for SHA: ${sha}`);
  const state = textField(call, "state") as Status["state"];
  if (!["error", "failure", "pending", "success"].includes(state))
    throw new ApiFailure(422, "state is not valid");
  const description = typeof call.body.description === "string" ? call.body.description : null;
  if (description && description.length > 140)
    throw new ApiFailure(422, "description is too long (maximum is 140 characters)");
  const status: Status = {
    id: call.host.file.nextId(),
    sha,
    state,
    context: typeof call.body.context === "string" ? call.body.context : "default",
    description,
    targetUrl: typeof call.body.target_url === "string" ? call.body.target_url : null,
    login,
    createdAt: new Date().toISOString(),
  };
  call.repository.state.statuses.push(status);
  call.host.file.save();
  return created(statusJson(call.host, status));
}

async function combinedStatus(call: Call) {
  const sha = await call.repository.git.findCommitSha(call.params[0]!);
  if (!sha) throw new ApiFailure(404, "Not Found");
  const newest = new Map(
    call.repository.state.statuses.filter((s) => s.sha === sha).map((s) => [s.context, s]),
  );
  const all = [...newest.values()];
  const failed = all.some((status) => status.state === "failure" || status.state === "error");
  const passed = all.length > 0 && all.every((status) => status.state === "success");
  const statuses = all.map((status) => statusJson(call.host, status));
  return ok({
    sha,
    state: failed ? "failure" : passed ? "success" : "pending",
    total_count: all.length,
    statuses,
  });
}

/** Newest first, as GitHub lists them. */
async function listStatuses(call: Call) {
  const sha = await call.repository.git.findCommitSha(call.params[0]!);
  if (!sha) throw new ApiFailure(404, "Not Found");
  const all = call.repository.state.statuses.filter((status) => status.sha === sha).toReversed();
  return paged(call, all, (status) => statusJson(call.host, status));
}

const hookJson = (hook: { id: number; url: string; events: string[]; active: boolean }) => ({
  id: hook.id,
  type: "Repository",
  name: "web",
  active: hook.active,
  events: hook.events,
  config: { url: hook.url, content_type: "json", insecure_ssl: "0" },
});

function createHook(call: Call) {
  call.host.assertWritable(call.repository, call.login);
  const config = (call.body.config ?? {}) as { url?: string; secret?: string };
  if (!config.url) throw new ApiFailure(422, "Validation Failed: config.url is required");
  if (call.repository.state.hooks.some((hook) => hook.url === config.url))
    throw new ApiFailure(422, "Hook already exists on this repository");
  const events = Array.isArray(call.body.events) ? (call.body.events as string[]) : ["push"];
  const hook = {
    id: call.host.file.nextId(),
    url: config.url,
    secret: config.secret ?? "",
    events,
    active: call.body.active !== false,
  };
  call.repository.state.hooks.push(hook);
  call.host.file.save();
  void call.host.webhooks.send(hook, "ping", {
    zen: "Keep it logically awesome.",
    hook_id: hook.id,
    hook: hookJson(hook),
  });
  return created(hookJson(hook));
}

/** Pull requests, reviews, statuses, hooks and the repository itself. */
export const pullRoutes: Route[] = [
  route("GET", /^$/, (call) => {
    const push = call.login !== null && call.repository.state.permissions[call.login] === undefined;
    const permissions = { admin: false, maintain: false, push, triage: push, pull: true };
    return ok({ ...repositoryJson(call.host, call.repository), permissions });
  }),
  route("GET", /^\/pulls$/, listPulls),
  route("POST", /^\/pulls$/, createPull),
  route("GET", /^\/pulls\/(\d+)$/, async (call) =>
    ok(await fullPull(call.host, call.repository, pullOf(call))),
  ),
  route("PATCH", /^\/pulls\/(\d+)$/, updatePull),
  route("PUT", /^\/pulls\/(\d+)\/merge$/, mergeRoute),
  route("GET", /^\/pulls\/(\d+)\/files$/, pullFiles),
  route("GET", /^\/pulls\/(\d+)\/commits$/, pullCommits),
  route("GET", /^\/pulls\/(\d+)\/reviews$/, (call) =>
    paged(call, pullOf(call).reviews, (review) => reviewJson(call.host, review)),
  ),
  route("POST", /^\/pulls\/(\d+)\/reviews$/, createReview),
  route("POST", /^\/statuses\/([0-9a-f]{40})$/, createStatus),
  route("GET", /^\/commits\/(.+)\/pulls$/, pullsOfCommit),
  route("GET", /^\/commits\/(.+)\/status$/, combinedStatus),
  route("GET", /^\/commits\/(.+)\/statuses$/, listStatuses),
  route("GET", /^\/commits\/(.+)\/check-runs$/, () => ok({ total_count: 0, check_runs: [] })),
  route("GET", /^\/hooks$/, (call) => paged(call, call.repository.state.hooks, hookJson)),
  route("POST", /^\/hooks$/, createHook),
];
