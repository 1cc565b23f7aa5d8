import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type GitOptions, gitText, runGit } from "./git.ts";

const SHA = /^[0-9a-f]{40}$/;
const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

/** Who wrote a commit and when; `date` is ISO 8601, with its offset when it has one. */
export interface Identity {
  name: string;
  email: string;
  date: string;
}

/** A commit as Git holds it. */
export interface Commit {
  sha: string;
  tree: string;
  parents: string[];
  author: Identity;
  committer: Identity;
  message: string;
}

/** One entry of a tree. */
export interface TreeEntry {
  path: string;
  mode: string;
  type: "blob" | "tree" | "commit";
  sha: string;
  size?: number;
}

/** One file of a comparison, with its patch unless it is binary. */
export interface ChangedFile {
  filename: string;
  previousFilename?: string;
  status: "added" | "removed" | "modified" | "renamed";
  sha: string;
  additions: number;
  deletions: number;
  patch?: string;
}

/** A change asked of a tree; `sha` null removes the path. */
export interface TreeUpdate {
  path: string;
  mode: string;
  type: string;
  sha: string | null;
}

const utc = (seconds: string) => new Date(Number(seconds) * 1000).toISOString().replace(".000Z", "Z");

const gitDate = (iso: string) => {
  const zone = /([+-])(\d{2}):?(\d{2})$/.exec(iso);
  const offset = zone && iso.includes("T") ? `${zone[1]}${zone[2]}${zone[3]}` : "+0000";
  return `${Math.floor(Date.parse(iso) / 1000)} ${offset}`;
};

/** A bare repository on disk, read and written with Git's own plumbing, so that every SHA is Git's. */
export class BareRepository {
  readonly dir: string;
  // An object never changes under its SHA; asking Git again costs a process each time.
  readonly #types = new Map<string, string>();
  readonly #commits = new Map<string, Commit>();

  constructor(dir: string) {
    this.dir = dir;
  }

  git(args: string[], options?: GitOptions) {
    return runGit(["--git-dir", this.dir, ...args], options);
  }

  text(args: string[], options?: GitOptions) {
    return gitText(["--git-dir", this.dir, ...args], options);
  }

  /** Branches and tags by full name. */
  async refs(): Promise<Map<string, string>> {
    const out = await this.text([
      "for-each-ref",
      "--format=%(refname) %(objectname)",
      "refs/heads",
      "refs/tags",
    ]);
    return new Map(
      out
        .split("\n")
        .filter(Boolean)
        .map((line) => line.split(" ") as [string, string]),
    );
  }

  /** The commit that a branch, tag or SHA names, or undefined. */
  async findCommitSha(name: string): Promise<string | undefined> {
    if (this.#types.get(name) === "commit") return name;
    const candidates = SHA.test(name)
      ? [name]
      : name.startsWith("refs/")
        ? [name]
        : [`refs/heads/${name.replace(/^heads\//, "")}`, `refs/tags/${name.replace(/^tags\//, "")}`, name];
    for (const candidate of candidates) {
      const found = await this.git(
        ["rev-parse", "--verify", "--quiet", "--end-of-options", `${candidate}^{commit}`],
        { okCodes: [0, 1, 128] },
      );
      const sha = found.stdout.toString().trim().split("\n").at(-1) ?? "";
      if (found.code !== 0 || !SHA.test(sha)) continue;
      this.#types.set(sha, "commit");
      return sha;
    }
    return undefined;
  }

  async objectType(sha: string): Promise<string | undefined> {
    if (!SHA.test(sha)) return undefined;
    const known = this.#types.get(sha);
    if (known) return known;
    const found = await this.git(["cat-file", "-t", sha], { okCodes: [0, 1, 128] });
    if (found.code !== 0) return undefined;
    const type = found.stdout.toString().trim();
    this.#types.set(sha, type);
    return type;
  }

  async blob(sha: string): Promise<Buffer> {
    return (await this.git(["cat-file", "blob", sha])).stdout;
  }

  async writeBlob(content: Buffer): Promise<string> {
    return this.text(["hash-object", "-w", "--stdin"], { input: content });
  }

  /** Commits in log order; `args` are what `git log` takes, revisions and paths included. */
  async log(args: string[]): Promise<Commit[]> {
    const format = ["%H", "%T", "%P", "%an", "%ae", "%at", "%cn", "%ce", "%ct", "%B"].join("%x1f");
    const { stdout } = await this.git(["log", "-z", `--format=${format}`, ...args]);
    return stdout
      .toString()
      .split("\0")
      .filter(Boolean)
      .map((record) => {
        const [sha, tree, parents, an, ae, at, cn, ce, ct, ...message] = record.split("\x1f") as string[];
        return {
          sha: sha!,
          tree: tree!,
          parents: parents!.split(" ").filter(Boolean),
          author: { name: an!, email: ae!, date: utc(at!) },
          committer: { name: cn!, email: ce!, date: utc(ct!) },
          message: message.join("\x1f").replace(/\n+$/, ""),
        };
      });
  }

  async commit(sha: string): Promise<Commit> {
    const known = this.#commits.get(sha);
    if (known) return known;
    const [commit] = await this.log(["-1", sha]);
    if (!commit) throw new Error(`No commit ${sha} in ${this.dir}`);
    this.#commits.set(commit.sha, commit);
    return commit;
  }

  /** Writes a commit object byte for byte as asked, as GitHub's Git data API does. */
  async writeCommit(commit: Omit<Commit, "sha">): Promise<string> {
    const who = ({ name, email, date }: Identity) => `${name} <${email}> ${gitDate(date)}`;
    const lines = [
      `tree ${commit.tree}`,
      ...commit.parents.map((sha) => `parent ${sha}`),
      `author ${who(commit.author)}`,
      `committer ${who(commit.committer)}`,
    ];
    const body = Buffer.from(`${lines.join("\n")}\n\n${commit.message}`);
    return this.text(["hash-object", "-t", "commit", "-w", "--stdin"], { input: body });
  }

  async tree(treeish: string, recursive = false, path = ""): Promise<TreeEntry[]> {
    const args = [
      "ls-tree",
      "-z",
      "-l",
      ...(recursive ? ["-r", "-t"] : []),
      treeish,
      ...(path ? ["--", path] : []),
    ];
    const { stdout } = await this.git(args);
    return stdout
      .toString()
      .split("\0")
      .filter(Boolean)
      .map((line) => {
        const [head, name] = [line.slice(0, line.indexOf("\t")), line.slice(line.indexOf("\t") + 1)];
        const [mode, type, sha, size] = head.split(/\s+/) as [string, TreeEntry["type"], string, string];
        return { path: name, mode, type, sha, ...(size === "-" ? {} : { size: Number(size) }) };
      });
  }

  /** Writes the tree that `base` becomes with `updates`; a tree entry replaces its whole subtree. */
  async writeTree(base: string | undefined, updates: TreeUpdate[]): Promise<string> {
    const files = new Map<string, string>();
    const put = (entry: TreeEntry, path: string) => {
      if (entry.type !== "tree") files.set(path, `${entry.mode} ${entry.sha}`);
    };
    if (base) for (const entry of await this.tree(base, true)) put(entry, entry.path);
    for (const { path, mode, type, sha } of updates) {
      const within = [...files.keys()].filter((name) => name === path || name.startsWith(`${path}/`));
      if (sha === null && within.length === 0) throw new Error(`${path} does not exist`);
      // A directory that replaces a file (or the other way round) must find its place empty.
      for (const name of within) files.delete(name);
      if (sha === null) continue;
      if (type !== "tree") files.set(path, `${mode} ${sha}`);
      else for (const entry of await this.tree(sha, true)) put(entry, `${path}/${entry.path}`);
    }
    const scratch = await mkdtemp(join(tmpdir(), "plumbline-index-"));
    const env = { GIT_INDEX_FILE: join(scratch, "index") };
    try {
      const input = [...files].map(([name, entry]) => `${entry}\t${name}\0`).join("");
      await this.git(["update-index", "-z", "--index-info"], { env, input });
      return await this.text(["write-tree"], { env });
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }

  async mergeBase(a: string, b: string): Promise<string | undefined> {
    const found = await this.git(["merge-base", a, b], { okCodes: [0, 1] });
    return found.code === 0 ? found.stdout.toString().trim() : undefined;
  }

  async isAncestor(ancestor: string, of: string): Promise<boolean> {
    return (await this.git(["merge-base", "--is-ancestor", ancestor, of], { okCodes: [0, 1] })).code === 0;
  }

  /** The tree a merge of two commits gives, or undefined when they conflict. */
  async mergeTree(ours: string, theirs: string): Promise<string | undefined> {
    const args = ["merge-tree", "--write-tree", ours, theirs];
    const merged = await this.git(args, { okCodes: [0, 1, 129] });
    // Git before 2.38 does not know how, and answers with its usage.
    if (merged.code === 129) return this.mergeInIndex(ours, theirs);
    return merged.code === 0 ? merged.stdout.toString().split("\n")[0]!.trim() : undefined;
  }

  /** The same for an older Git: a three-way merge in an index of its own, without following renames. */
  async mergeInIndex(ours: string, theirs: string): Promise<string | undefined> {
    const base = await this.mergeBase(ours, theirs);
    if (!base) return undefined;
    const scratch = await mkdtemp(join(tmpdir(), "plumbline-merge-"));
    const env = { GIT_INDEX_FILE: join(scratch, ".index"), GIT_WORK_TREE: scratch };
    try {
      await this.git(["read-tree", "-i", "-m", "--aggressive", base, ours, theirs], { env, cwd: scratch });
      const each = ["merge-index", "-o", "-q", "git-merge-one-file", "-a"];
      const merged = await this.git(each, { env, cwd: scratch, okCodes: [0, 1, 128] });
      return merged.code === 0 ? await this.text(["write-tree"], { env, cwd: scratch }) : undefined;
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }

  async countCommits(range: string[]): Promise<number> {
    return Number(await this.text(["rev-list", "--count", ...range]));
  }

  /** Files that differ between two trees, in Git's order, renames detected. */
  async diff(from: string | undefined, to: string): Promise<ChangedFile[]> {
    const pair = [from ?? EMPTY_TREE, to];
    const raw = (await this.git(["diff", "--raw", "-z", "-M", "--no-abbrev", ...pair])).stdout.toString();
    const text = (await this.git(["diff", "--no-color", "-M", ...pair])).stdout.toString();
    const patches = text.split(/^(?=diff --git )/m).filter(Boolean);
    const files: ChangedFile[] = [];
    const fields = raw.split("\0");
    for (let i = 0; i < fields.length && fields[i]; ) {
      const [, , before, after, letter] = fields[i]!.split(" ") as string[];
      const renamed = letter!.startsWith("R");
      const previousFilename = renamed ? fields[i + 1] : undefined;
      const filename = fields[i + (renamed ? 2 : 1)]!;
      i += renamed ? 3 : 2;
      const status = renamed ? "renamed" : letter === "A" ? "added" : letter === "D" ? "removed" : "modified";
      const body = patches[files.length] ?? "";
      const start = body.search(/^@@ /m);
      const patch = start < 0 ? undefined : body.slice(start).replace(/\n$/, "");
      const count = (sign: string) => patch?.split("\n").filter((line) => line.startsWith(sign)).length ?? 0;
      files.push({
        filename,
        ...(previousFilename ? { previousFilename } : {}),
        status,
        sha: letter === "D" ? before! : after!,
        additions: count("+"),
        deletions: count("-"),
        ...(patch === undefined ? {} : { patch }),
      });
    }
    return files;
  }

  /** Moves a ref, refusing when it is no longer where the caller saw it. */
  async updateRef(ref: string, sha: string, expected?: string): Promise<void> {
    await this.git(["update-ref", ref, sha, ...(expected === undefined ? [] : [expected])]);
  }

  async deleteRef(ref: string): Promise<void> {
    await this.git(["update-ref", "-d", ref]);
  }
}

/** Creates an empty bare repository that serves fetches and pushes over HTTP as GitHub does. */
export async function createBareRepository(dir: string, defaultBranch = "main"): Promise<BareRepository> {
  await runGit(["init", "--quiet", "--bare", `--initial-branch=${defaultBranch}`, dir]);
  const repository = new BareRepository(dir);
  const settings = {
    "http.receivepack": "true",
    "uploadpack.allowAnySHA1InWant": "true",
    "uploadpack.allowFilter": "true",
    "receive.autogc": "false",
    "gc.auto": "0",
  };
  for (const [key, value] of Object.entries(settings)) await repository.git(["config", key, value]);
  return repository;
}
