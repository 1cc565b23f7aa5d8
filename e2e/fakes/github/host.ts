import { cpSync, existsSync } from "node:fs";
import { join } from "node:path";
import { BareRepository, createBareRepository } from "./bare-repository.ts";
import { type Addresses, HostedRepository } from "./hosted-repository.ts";
import { pullJson, pushPayload, repositoryJson, userJson } from "./json.ts";
import type { Pull, StateFile } from "./state.ts";
import type { WebhookSender, WebhookTarget } from "./webhooks.ts";

/** An answer of GitHub's that is a refusal. */
export class ApiFailure extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The stand-in's own half of GitHub: repositories, refs and pull requests, on bare repositories. */
export class Host implements Addresses {
  readonly file: StateFile;
  readonly webUrl: string;
  readonly webhooks: WebhookSender;
  webhook: WebhookTarget | undefined;
  readonly #root: string;
  readonly #open = new Map<string, HostedRepository>();

  constructor(options: {
    file: StateFile;
    root: string;
    webUrl: string;
    webhooks: WebhookSender;
    webhook?: WebhookTarget;
  }) {
    this.file = options.file;
    this.#root = options.root;
    this.webUrl = options.webUrl;
    this.webhooks = options.webhooks;
    this.webhook = options.webhook;
  }

  /** Resolves when all writes so far are over and what they caused has been delivered. */
  async settled(): Promise<void> {
    for (const repository of this.#open.values()) await repository.idle();
    await this.webhooks.settled();
  }

  get apiUrl() {
    return `${this.webUrl}/api/v3`;
  }

  find(owner: string, name: string): HostedRepository | undefined {
    const key = `${owner}/${name}`.toLowerCase();
    const state = this.file.data.repositories[key];
    if (!state) return undefined;
    const known = this.#open.get(key);
    if (known) return known;
    const opened = new HostedRepository(state, new BareRepository(this.directory(state.owner, state.name)));
    this.#open.set(key, opened);
    return opened;
  }

  /** The repository, when `login` may see it; otherwise not found, as GitHub answers. */
  readable(owner: string, name: string, login: string | null): HostedRepository {
    const repository = this.find(owner, name);
    if (!repository || !this.mayRead(repository, login)) throw new ApiFailure(404, "Not Found");
    return repository;
  }

  mayRead(repository: HostedRepository, login: string | null): boolean {
    if (login !== null && repository.state.permissions[login] === "none") return false;
    return !repository.state.private || login !== null;
  }

  assertWritable(repository: HostedRepository, login: string | null): string {
    if (login === null) throw new ApiFailure(401, "Requires authentication");
    if (repository.state.permissions[login] !== undefined)
      throw new ApiFailure(403, "Resource not accessible by personal access token");
    if (repository.state.archived) throw new ApiFailure(403, "Repository was archived so is read-only.");
    return login;
  }

  directory(owner: string, name: string): string {
    return join(this.#root, owner, `${name}.git`);
  }

  async create(
    owner: string,
    name: string,
    options: { private?: boolean; from?: string } = {},
  ): Promise<HostedRepository> {
    const existing = this.find(owner, name);
    if (existing) return existing;
    const dir = this.directory(owner, name);
    if (!existsSync(dir)) {
      const git = await createBareRepository(dir);
      if (options.from) {
        cpSync(join(options.from, "objects"), join(dir, "objects"), { recursive: true });
        for (const [ref, sha] of await new BareRepository(options.from).refs()) await git.updateRef(ref, sha);
      }
    }
    this.file.data.repositories[`${owner}/${name}`.toLowerCase()] = {
      id: this.file.nextId(),
      owner,
      name,
      private: options.private ?? false,
      archived: false,
      defaultBranch: "main",
      createdAt: new Date().toISOString(),
      permissions: {},
      hooks: [],
      pulls: [],
      statuses: [],
      protection: {},
    };
    if (
      !this.file.data.users.some((user) => user.login === owner) &&
      !this.file.data.organizations.includes(owner)
    )
      this.file.data.organizations.push(owner);
    this.file.save();
    return this.find(owner, name)!;
  }

  /** Runs a write, then tells the world which refs it moved: webhooks, and pull requests that follow. */
  async moveRefs<T>(repository: HostedRepository, login: string, work: () => Promise<T>): Promise<T> {
    return repository.exclusive(async () => {
      const before = await repository.git.refs();
      const result = await work();
      const after = await repository.git.refs();
      const names = new Set([...before.keys(), ...after.keys()]);
      for (const ref of names) {
        const [from, to] = [before.get(ref), after.get(ref)];
        if (from !== to) await this.#refMoved(repository, login, ref, from, to);
      }
      this.file.save();
      return result;
    });
  }

  async #refMoved(repository: HostedRepository, login: string, ref: string, from?: string, to?: string) {
    this.emit(repository, login, "push", undefined, await pushPayload(repository, ref, from, to));
    if (!ref.startsWith("refs/heads/")) return;
    const branch = ref.slice("refs/heads/".length);
    for (const pull of repository.state.pulls) {
      if (pull.state !== "open") continue;
      if (pull.headRef === branch && to) {
        pull.headSha = to;
        await repository.git.updateRef(`refs/pull/${pull.number}/head`, to);
        this.pullEvent(repository, login, "synchronize", pull);
      } else if (pull.headRef === branch) {
        this.close(repository, login, pull);
      } else if (pull.baseRef === branch && to) {
        pull.baseSha = to;
        if (await repository.git.isAncestor(pull.headSha, to)) this.markMerged(repository, login, pull, to);
      }
    }
  }

  markMerged(repository: HostedRepository, login: string, pull: Pull, mergeCommitSha: string) {
    const at = new Date().toISOString();
    Object.assign(pull, {
      state: "closed",
      mergedAt: at,
      closedAt: at,
      updatedAt: at,
      mergedBy: login,
      mergeCommitSha,
    });
    this.pullEvent(repository, login, "closed", pull);
  }

  close(repository: HostedRepository, login: string, pull: Pull) {
    const at = new Date().toISOString();
    Object.assign(pull, { state: "closed", closedAt: at, updatedAt: at });
    this.pullEvent(repository, login, "closed", pull);
  }

  reopen(repository: HostedRepository, login: string, pull: Pull) {
    Object.assign(pull, { state: "open", closedAt: null, updatedAt: new Date().toISOString() });
    this.pullEvent(repository, login, "reopened", pull);
  }

  pullEvent(repository: HostedRepository, login: string, action: string, pull: Pull) {
    this.file.save();
    this.emit(repository, login, "pull_request", action, {
      number: pull.number,
      pull_request: pullJson(this, repository, pull),
    });
  }

  /** Sends an event to the host-wide webhook and to the repository's hooks that asked for it. */
  emit(
    repository: HostedRepository,
    login: string,
    event: string,
    action: string | undefined,
    payload: Record<string, unknown>,
  ) {
    const body = {
      ...(action ? { action } : {}),
      ...payload,
      repository: repositoryJson(this, repository),
      sender: userJson(this, login),
    };
    const hooks = repository.state.hooks.filter(
      (hook) => hook.active && (hook.events.includes(event) || hook.events.includes("*")),
    );
    for (const target of [...(this.webhook ? [this.webhook] : []), ...hooks])
      void this.webhooks.send({ url: target.url, secret: target.secret }, event, body);
  }
}
