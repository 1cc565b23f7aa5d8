import type { Identity } from "./bare-repository.ts";
import { ApiFailure } from "./host.ts";
import { commitJson, fileJson, gitCommitJson } from "./json.ts";
import { type Call, created, ok, paged, type Route, route, textField } from "./routes.ts";

const refJson = (call: Call, ref: string, sha: string, type = "commit") => ({
  ref,
  node_id: `REF_${ref}`,
  url: `${call.host.apiUrl}/repos/${call.repository.state.owner}/${call.repository.state.name}/git/${ref}`,
  object: { type, sha, url: `${call.host.apiUrl}/git/objects/${sha}` },
});

async function commitOf(call: Call, name: string) {
  const sha = await call.repository.git.findCommitSha(
    name === "HEAD" ? call.repository.state.defaultBranch : name,
  );
  if (!sha) throw new ApiFailure(422, `No commit found for SHA: ${name}`);
  return sha;
}

async function commitOr404(call: Call, name: string) {
  try {
    return await commitOf(call, name);
  } catch {
    throw new ApiFailure(404, "Not Found");
  }
}

/** Who a commit of the API is by: what the body says, else the account that calls. */
function identity(call: Call, value: unknown, fallback?: Identity): Identity {
  const given = (value ?? {}) as Partial<Identity>;
  const account = call.host.file.data.users.find((user) => user.login === call.login);
  const base = fallback ?? {
    name: account?.name ?? call.login!,
    email: account?.email ?? "",
    date: new Date().toISOString(),
  };
  const date = given.date ?? base.date;
  if (Number.isNaN(Date.parse(date))) throw new ApiFailure(422, "date must be an ISO 8601 timestamp");
  return { name: given.name ?? base.name, email: given.email ?? base.email, date };
}

/** Refuses a direct write to a protected branch, as GitHub does. */
function assertUnprotected(call: Call, ref: string) {
  const branch = ref.replace(/^refs\/heads\//, "");
  if (call.repository.state.protection[branch])
    throw new ApiFailure(
      422,
      `Changes must be made through a pull request. Protected branch update failed for ${ref}.`,
    );
}

async function createRef(call: Call) {
  const login = call.host.assertWritable(call.repository, call.login);
  const [ref, sha] = [textField(call, "ref"), textField(call, "sha")];
  if (!/^refs\/(heads|tags)\/\S+$/.test(ref)) throw new ApiFailure(422, "Reference name is not valid");
  if (!(await call.repository.git.objectType(sha))) throw new ApiFailure(422, "Object does not exist");
  await call.host.moveRefs(call.repository, login, async () => {
    if ((await call.repository.git.refs()).has(ref)) throw new ApiFailure(422, "Reference already exists");
    await call.repository.git.updateRef(ref, sha, "0".repeat(40));
  });
  return created(refJson(call, ref, sha));
}

async function updateRef(call: Call) {
  const login = call.host.assertWritable(call.repository, call.login);
  const [ref, sha] = [`refs/${call.params[0]}`, textField(call, "sha")];
  if ((await call.repository.git.objectType(sha)) !== "commit")
    throw new ApiFailure(422, "Object does not exist");
  await call.host.moveRefs(call.repository, login, async () => {
    const current = (await call.repository.git.refs()).get(ref);
    if (!current) throw new ApiFailure(422, "Reference does not exist");
    assertUnprotected(call, ref);
    if (call.body.force !== true && !(await call.repository.git.isAncestor(current, sha)))
      throw new ApiFailure(422, "Update is not a fast forward");
    await call.repository.git.updateRef(ref, sha, current);
  });
  return ok(refJson(call, ref, sha));
}

async function createTree(call: Call) {
  call.host.assertWritable(call.repository, call.login);
  const { git } = call.repository;
  const entries = Array.isArray(call.body.tree) ? (call.body.tree as Record<string, string | null>[]) : [];
  const updates = [];
  const blobs = new Map<string, string>();
  for (const { path, mode, type, sha, content } of entries) {
    if (!path || path.split("/").some((part) => part === "" || part === "." || part === ".."))
      throw new ApiFailure(422, "tree.path contains a malformed path component");
    if (typeof content === "string" && !blobs.has(content))
      blobs.set(content, await git.writeBlob(Buffer.from(content)));
    const written = typeof content === "string" ? blobs.get(content)! : (sha ?? null);
    if (written !== null && type !== "commit" && (await git.objectType(written)) !== (type ?? "blob"))
      throw new ApiFailure(422, `tree.sha ${written} is not a valid ${type}`);
    updates.push({ path, mode: mode ?? "100644", type: type ?? "blob", sha: written });
  }
  const base = typeof call.body.base_tree === "string" ? call.body.base_tree : undefined;
  if (base && !(await git.objectType(base))) throw new ApiFailure(422, "base_tree is not a valid tree");
  const sha = await git.writeTree(base, updates).catch((error: Error) => {
    throw new ApiFailure(422, `GitRPC::BadObjectState: ${error.message}`);
  });
  return created({ sha, tree: await git.tree(sha), truncated: false });
}

async function createCommit(call: Call) {
  call.host.assertWritable(call.repository, call.login);
  const { git } = call.repository;
  const tree = textField(call, "tree");
  if ((await git.objectType(tree)) !== "tree") throw new ApiFailure(422, "Tree SHA does not exist");
  const parents = Array.isArray(call.body.parents) ? (call.body.parents as string[]) : [];
  for (const parent of parents)
    if ((await git.objectType(parent)) !== "commit") throw new ApiFailure(422, "Parent SHA does not exist");
  const author = identity(call, call.body.author);
  const committer = identity(call, call.body.committer, author);
  const sha = await git.writeCommit({
    tree,
    parents,
    author,
    committer,
    message: textField(call, "message"),
  });
  return created(gitCommitJson(call.host, call.repository, await git.commit(sha)));
}

async function compare(call: Call) {
  const [base, head] = (call.params[0] ?? "").split("...") as [string, string | undefined];
  if (!head) throw new ApiFailure(404, "Not Found");
  const { git } = call.repository;
  const [baseSha, headSha] = [await commitOr404(call, base), await commitOr404(call, head)];
  const mergeBase = await git.mergeBase(baseSha, headSha);
  if (!mergeBase) throw new ApiFailure(404, "No common ancestor");
  const commits = (await git.log([`${baseSha}..${headSha}`])).reverse();
  const behind = await git.countCommits([`${headSha}..${baseSha}`]);
  const files = await git.diff(mergeBase, headSha);
  const shown = (commit: (typeof commits)[number]) => commitJson(call.host, call.repository, commit);
  const status =
    commits.length > 0 ? (behind > 0 ? "diverged" : "ahead") : behind > 0 ? "behind" : "identical";
  return ok({
    html_url: `${call.host.webUrl}/${call.repository.state.owner}/${call.repository.state.name}/compare/${base}...${head}`,
    status,
    ahead_by: commits.length,
    behind_by: behind,
    total_commits: commits.length,
    base_commit: shown(await git.commit(baseSha)),
    merge_base_commit: shown(await git.commit(mergeBase)),
    commits: (commits.length > 250 ? [...commits.slice(0, 249), commits.at(-1)!] : commits).map(shown),
    files: files.slice(0, 300).map(fileJson),
  });
}

async function assertNotEmpty(call: Call) {
  if ((await call.repository.git.refs()).size === 0) throw new ApiFailure(409, "Git Repository is empty.");
}

async function listCommits(call: Call) {
  await assertNotEmpty(call);
  const head = await commitOr404(call, call.query.get("sha") ?? "HEAD");
  const since = call.query.get("since");
  const until = call.query.get("until");
  const path = call.query.get("path");
  const args = [...(since ? [`--since=${since}`] : []), ...(until ? [`--until=${until}`] : []), head];
  const commits = await call.repository.git.log([...args, ...(path ? ["--", `:(literal)${path}`] : [])]);
  return paged(call, commits, (commit) => commitJson(call.host, call.repository, commit));
}

async function getCommit(call: Call) {
  const { git } = call.repository;
  const commit = await git.commit(await commitOf(call, call.params[0]!));
  const files = (await git.diff(commit.parents[0], commit.sha)).map(fileJson);
  const total = (key: "additions" | "deletions") => files.reduce((sum, file) => sum + file[key], 0);
  const [additions, deletions] = [total("additions"), total("deletions")];
  const stats = { additions, deletions, total: additions + deletions };
  return ok({ ...commitJson(call.host, call.repository, commit), stats, files: files.slice(0, 300) });
}

async function getTree(call: Call) {
  const name = call.params[0]!;
  const { git } = call.repository;
  const type = await git.objectType(name);
  const treeish = type === "tree" ? name : await commitOr404(call, name);
  const sha = await git.text(["rev-parse", `${treeish}^{tree}`]);
  return ok({ sha, tree: await git.tree(sha, call.query.has("recursive")), truncated: false });
}

async function getContents(call: Call) {
  const { git } = call.repository;
  const commit = await commitOr404(call, call.query.get("ref") ?? "HEAD");
  const path = (call.params[0] ?? "").replace(/^\/|\/$/g, "");
  const [entry] = path ? await git.tree(commit, false, path) : [];
  if (path && !entry) throw new ApiFailure(404, "Not Found");
  const item = (found: { path: string; type: string; sha: string; size?: number }) => ({
    type: found.type === "tree" ? "dir" : "file",
    name: found.path.split("/").at(-1),
    path: found.path,
    sha: found.sha,
    size: found.size ?? 0,
  });
  if (entry?.type === "blob") {
    const content = (await git.blob(entry.sha)).toString("base64");
    return ok({ ...item(entry), encoding: "base64", content });
  }
  return ok((await git.tree(commit, false, path ? `${path}/` : "")).map(item));
}

async function getRef(call: Call) {
  await assertNotEmpty(call);
  const ref = `refs/${call.params[0]}`;
  const sha = (await call.repository.git.refs()).get(ref);
  if (!sha) throw new ApiFailure(404, "Not Found");
  return ok(refJson(call, ref, sha, await call.repository.git.objectType(sha)));
}

async function matchingRefs(call: Call) {
  const refs = [...(await call.repository.git.refs())].filter(([ref]) =>
    ref.startsWith(`refs/${call.params[0]}`),
  );
  return ok(refs.map(([ref, sha]) => refJson(call, ref, sha)));
}

async function deleteRef(call: Call) {
  const login = call.host.assertWritable(call.repository, call.login);
  const ref = `refs/${call.params[0]}`;
  await call.host.moveRefs(call.repository, login, async () => {
    if (!(await call.repository.git.refs()).has(ref)) throw new ApiFailure(422, "Reference does not exist");
    assertUnprotected(call, ref);
    await call.repository.git.deleteRef(ref);
  });
  return { status: 204, body: undefined };
}

async function branchJson(call: Call, name: string, sha: string) {
  const commit = commitJson(call.host, call.repository, await call.repository.git.commit(sha));
  return { name, commit, protected: call.repository.state.protection[name] !== undefined };
}

async function getBranch(call: Call) {
  const sha = (await call.repository.git.refs()).get(`refs/heads/${call.params[0]}`);
  if (!sha) throw new ApiFailure(404, "Branch not found");
  return ok(await branchJson(call, call.params[0]!, sha));
}

async function listBranches(call: Call) {
  const refs = [...(await call.repository.git.refs())].filter(([ref]) => ref.startsWith("refs/heads/"));
  const branches = refs.map(([ref, sha]) => ({ name: ref.slice("refs/heads/".length), sha }));
  return paged(call, branches, ({ name, sha }) => ({
    name,
    commit: { sha },
    protected: call.repository.state.protection[name] !== undefined,
  }));
}

async function getBlob(call: Call) {
  if ((await call.repository.git.objectType(call.params[0]!)) !== "blob")
    throw new ApiFailure(404, "Not Found");
  const content = await call.repository.git.blob(call.params[0]!);
  return ok({
    sha: call.params[0],
    size: content.length,
    encoding: "base64",
    content: content.toString("base64"),
  });
}

async function createBlob(call: Call) {
  call.host.assertWritable(call.repository, call.login);
  const encoding = call.body.encoding === "base64" ? "base64" : "utf8";
  return created({
    sha: await call.repository.git.writeBlob(Buffer.from(textField(call, "content"), encoding)),
  });
}

async function getGitCommit(call: Call) {
  const sha = await commitOr404(call, call.params[0]!);
  return ok(gitCommitJson(call.host, call.repository, await call.repository.git.commit(sha)));
}

/** Refs, objects, commits, comparison and contents: Git's own half of the API. */
export const gitRoutes: Route[] = [
  route("GET", /^\/git\/ref\/(.+)$/, getRef),
  route("GET", /^\/git\/matching-refs\/(.+)$/, matchingRefs),
  route("POST", /^\/git\/refs$/, createRef),
  route("PATCH", /^\/git\/refs\/(.+)$/, updateRef),
  route("DELETE", /^\/git\/refs\/(.+)$/, deleteRef),
  route("GET", /^\/git\/commits\/([^/]+)$/, getGitCommit),
  route("POST", /^\/git\/commits$/, createCommit),
  route("GET", /^\/git\/trees\/(.+)$/, getTree),
  route("POST", /^\/git\/trees$/, createTree),
  route("GET", /^\/git\/blobs\/([^/]+)$/, getBlob),
  route("POST", /^\/git\/blobs$/, createBlob),
  route("GET", /^\/branches$/, listBranches),
  route("GET", /^\/branches\/(.+)$/, getBranch),
  route("GET", /^\/compare\/(.+)$/, compare),
  route("GET", /^\/commits$/, listCommits),
  route("GET", /^\/contents\/?(.*)$/, getContents),
  route("GET", /^\/commits\/(.+)$/, getCommit),
];
