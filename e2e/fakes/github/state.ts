import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** Somebody who can sign in; `token` is a personal access token that is valid from the start. */
export interface FakeUser {
  login: string;
  name: string;
  email: string;
  token?: string;
  /** Given by the accounts service. */
  id?: number;
}

interface Hook {
  id: number;
  url: string;
  secret: string;
  events: string[];
  active: boolean;
}

export interface Review {
  id: number;
  login: string;
  state: "APPROVED" | "CHANGES_REQUESTED" | "COMMENTED";
  body: string;
  commitId: string;
  submittedAt: string;
}

export interface Pull {
  id: number;
  number: number;
  title: string;
  body: string;
  state: "open" | "closed";
  draft: boolean;
  login: string;
  headRef: string;
  headSha: string;
  baseRef: string;
  baseSha: string;
  createdAt: string;
  updatedAt: string;
  closedAt: string | null;
  mergedAt: string | null;
  mergedBy: string | null;
  mergeCommitSha: string | null;
  reviews: Review[];
}

export interface Status {
  id: number;
  sha: string;
  state: "error" | "failure" | "pending" | "success";
  context: string;
  description: string | null;
  targetUrl: string | null;
  login: string;
  createdAt: string;
}

/** What a protected branch asks for before it moves. */
export interface Protection {
  requiredApprovals: number;
  requiredContexts: string[];
}

export interface RepositoryState {
  id: number;
  owner: string;
  name: string;
  private: boolean;
  archived: boolean;
  defaultBranch: string;
  createdAt: string;
  /** Permission by login; whoever is not named may write. */
  permissions: Record<string, "read" | "none">;
  hooks: Hook[];
  pulls: Pull[];
  statuses: Status[];
  protection: Record<string, Protection>;
}

export interface State {
  nextId: number;
  users: FakeUser[];
  organizations: string[];
  tokens: Record<string, string>;
  revoked: string[];
  repositories: Record<string, RepositoryState>;
}

/** Everything of the stand-in that is not Git's: read at the start, written after each change. */
export class StateFile {
  readonly #path: string;
  readonly data: State;

  constructor(path: string) {
    this.#path = path;
    this.data = existsSync(path)
      ? (JSON.parse(readFileSync(path, "utf8")) as State)
      : { nextId: 1001, users: [], organizations: [], tokens: {}, revoked: [], repositories: {} };
  }

  nextId(): number {
    return this.data.nextId++;
  }

  save(): void {
    mkdirSync(dirname(this.#path), { recursive: true });
    const beside = `${this.#path}.new`;
    writeFileSync(beside, JSON.stringify(this.data, null, 1));
    renameSync(beside, this.#path);
  }
}
