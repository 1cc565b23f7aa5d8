/** A commit, with the account behind its author where the host knows one. */
export interface HostCommit {
  sha: string;
  authorName: string;
  authorEmail: string;
  /** The account of the author; null when no account has that e-mail address. */
  authorLogin: string | null;
  /** When it was committed, ISO 8601 in UTC. */
  committedAt: string;
  message: string;
  parents: string[];
  url: string;
}

/** One file that differs between two commits. */
export interface FileChange {
  path: string;
  previousPath: string | null;
  status: "added" | "removed" | "modified" | "renamed" | "other";
  additions: number;
  deletions: number;
  /** Unified diff hunks; null for a binary file, for a pure rename, and where the host left it out. */
  patch: string | null;
}

/** What changes between two commits, seen from their merge base. */
export interface Comparison {
  baseSha: string;
  headSha: string;
  mergeBaseSha: string;
  status: "ahead" | "behind" | "diverged" | "identical";
  totalCommits: number;
  commits: HostCommit[];
  files: FileChange[];
  /** True when the host did not send every file, every patch or every commit. */
  truncated: boolean;
  url: string;
}

/** What a path is at a commit. */
export interface PathObject {
  kind: "tree" | "blob" | "commit";
  sha: string;
}

/** Somebody's verdict on a pull request. */
export interface Approval {
  login: string;
  at: string;
}

/** A pull request with everything a page or a job asks of it. */
export interface PullRequest {
  number: number;
  url: string;
  title: string;
  state: "open" | "merged" | "closed";
  branch: string;
  baseBranch: string;
  headSha: string;
  openedBy: string | null;
  openedAt: string;
  mergedAt: string | null;
  mergedBy: string | null;
  closedAt: string | null;
  /** The commit on the base branch that the merge made; null until merged. */
  mergeCommitSha: string | null;
  /** Whether it could be merged now; `unknown` while the host has not computed it, and once it is closed. */
  mergeable: "clean" | "conflicting" | "blocked" | "unknown";
  checks: "passing" | "failing" | "pending" | "none";
  approvals: Approval[];
  changesRequestedBy: string[];
  /** The text below its title, where a rollback's trailers are. */
  body: string;
}

/** The pull request that brought a commit to its branch. */
export interface Introduction {
  number: number;
  url: string;
  title: string;
  author: string | null;
  mergedBy: string | null;
  /** Whose newest verdict on it is an approval. */
  approvedBy: string[];
}

/** What to restore, where from and where to. */
export interface RestoreRequest {
  /** Files or directories, relative to the repository's root; "." is everything. */
  paths: string[];
  /** The commit whose content the paths get back. */
  targetSha: string;
  /** The commit after the target whose change alone is taken back: what changed since then stays. */
  undoing?: string | undefined;
  /** The branch to create: derive it from the rollback, so that a retry finds what the first try made. */
  branch: string;
  baseBranch: string;
  message: string;
  /** The account of the token when left out. */
  author?: { name: string; email: string };
}

/** A file that a restore changes, and the blob that it becomes; null where it goes. */
export interface RestoredFile extends FileChange {
  sha: string | null;
}

/** What a restore would change on its base branch: every file, and nothing else. */
export interface RestorePreview {
  /** The head of the base branch that it was seen against. */
  baseSha: string;
  files: RestoredFile[];
  /** True when not every patch is there. */
  truncated: boolean;
}

/** The branch that holds a restore. */
export interface RestoredBranch {
  branch: string;
  commitSha: string;
  /** What the commit was made on top of. */
  parentSha: string;
  /** False when an earlier call had already made it. */
  created: boolean;
}

/** A repository as the holder of the token may use it. */
export interface HostRepository {
  url: string;
  defaultBranch: string;
  private: boolean;
  archived: boolean;
  /** Whether the token may push branches; null where the host does not say. */
  canPush: boolean | null;
}

/** A status to show on a commit. */
export interface CommitStatus {
  sha: string;
  state: "success" | "failure" | "pending" | "error";
  /** Which check this is, e.g. `plumbline/production`; a later status of the same context replaces it. */
  context: string;
  /** Cut to what the host takes. */
  description: string;
  targetUrl?: string;
}

/** One repository on a Git host, as the holder of one token sees it; every failure is a `GitHostError`. */
export interface GitHost {
  /** The repository itself: a first call that shows whether the token is any good. */
  getRepository(): Promise<HostRepository>;
  /** The newest commit of a branch. */
  getBranchHead(branch: string): Promise<string>;
  /** What changes from `base` to `head` (branches or SHAs). */
  compare(base: string, head: string): Promise<Comparison>;
  /** Commits newest first, at most `limit` (100 when left out), that touched `path` since a time. */
  listCommits(query: { ref?: string; path?: string; since?: string; limit?: number }): Promise<HostCommit[]>;
  /** One commit by SHA or branch. */
  getCommit(ref: string): Promise<HostCommit>;
  /** What a path is at a commit, or undefined when it is not there. */
  treeAt(sha: string, path: string): Promise<PathObject | undefined>;
  /** The text of a file at a commit, or undefined when no file is there. */
  fileAt(sha: string, path: string): Promise<string | undefined>;
  /** Whether a branch is there. */
  hasBranch(branch: string): Promise<boolean>;
  /**
   * Makes one commit on top of `baseBranch` whose paths are exactly as at `targetSha`, files added since
   * removed, everything else kept, on a new branch. Never moves an existing branch: called again it
   * answers the branch it finds, and refuses (`conflict`) one that holds something else. Refuses
   * (`nothing-to-do`) where the paths are as at the target already, and (`overlapping`) where a later change is in the
   * way of taking one commit's back.
   */
  restorePath(request: RestoreRequest): Promise<RestoredBranch>;
  /** What `restorePath` would change, without changing anything. */
  previewRestore(request: {
    paths: string[];
    targetSha: string;
    undoing?: string | undefined;
    baseBranch: string;
  }): Promise<RestorePreview>;
  /** Opens a pull request, or answers the one that is already open for that branch. */
  openPullRequest(request: {
    title: string;
    body: string;
    branch: string;
    baseBranch: string;
  }): Promise<PullRequest>;
  getPullRequest(number: number): Promise<PullRequest>;
  /** The newest pull request of a branch, whatever its state. */
  findPullRequestByBranch(branch: string): Promise<PullRequest | undefined>;
  /** The merged pull request that brought a commit to its branch; null where none did. */
  findIntroduction(sha: string): Promise<Introduction | null>;
  setCommitStatus(status: CommitStatus): Promise<void>;
}
