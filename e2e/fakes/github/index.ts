import { mkdirSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { createEmulator } from "emulate";
import { freePort } from "#scripts/processes/ports.ts";
import { Accounts } from "./accounts.ts";
import { type FailureSwitch, FrontDoor } from "./front-door.ts";
import { Host } from "./host.ts";
import { addReview, mergePull } from "./routes-pulls.ts";
import { type FakeUser, type Protection, StateFile } from "./state.ts";
import { type Delivery, WebhookSender, type WebhookTarget } from "./webhooks.ts";

export type { FakeUser } from "./state.ts";

/** What the stand-in is started with. */
export interface FakeGithubOptions {
  /** Where repositories and everything else are kept; a restart on the same folder keeps its state. */
  dataDir: string;
  /** The one port that API, sign-in and Git share; any free one when left out. */
  port?: number;
  /** Gets every event of every repository, as an installed GitHub App's webhook does. */
  webhook?: WebhookTarget;
  users: FakeUser[];
  /** Registers one OAuth application; without it any client id and secret are accepted. */
  oauthApp?: { clientId: string; clientSecret: string; redirectUris: string[] };
  log?: (line: string) => void;
}

/** A running stand-in for GitHub. */
export interface FakeGithub {
  webUrl: string;
  apiUrl: string;
  cloneUrl(owner: string, repo: string): string;
  /** The token of a seeded user, for the API and for Git over HTTP. */
  tokenOf(login: string): string;
  createRepository(owner: string, name: string, options?: { private?: boolean }): Promise<void>;
  /** Puts a bare repository's branches and tags under `owner/name`, unless it is already there. */
  seedRepository(
    owner: string,
    name: string,
    bareRepositoryDir: string,
    options?: { private?: boolean },
  ): Promise<void>;
  mergePullRequest(owner: string, repo: string, number: number, login?: string): Promise<{ sha: string }>;
  closePullRequest(owner: string, repo: string, number: number): void;
  reopenPullRequest(owner: string, repo: string, number: number): void;
  approvePullRequest(owner: string, repo: string, number: number, login: string): void;
  protectBranch(owner: string, repo: string, branch: string, rule: Protection | undefined): void;
  archiveRepository(owner: string, repo: string, archived?: boolean): void;
  setPermission(owner: string, repo: string, login: string, permission: "write" | "read" | "none"): void;
  /** Makes the next `times` requests that match answer `status` instead, or fewer once what it returns is called. */
  fail(failure: FailureSwitch): () => void;
  revokeToken(token: string): void;
  setWebhook(webhook: WebhookTarget | undefined): void;
  /** Sends one event now and answers how the receiver took it. */
  deliverWebhook(event: string, payload: Record<string, unknown>): Promise<Delivery>;
  /** Everything delivered so far, once all that is queued has been. */
  deliveries(): Promise<Delivery[]>;
  close(): Promise<void>;
}

/** Starts the stand-in: accounts and sign-in by emulate, everything of Git's on bare repositories. */
export async function startFakeGithub(options: FakeGithubOptions): Promise<FakeGithub> {
  const log = options.log ?? (() => {});
  // Git runs in other folders too.
  const dataDir = resolve(options.dataDir);
  mkdirSync(dataDir, { recursive: true });
  const file = new StateFile(join(dataDir, "state.json"));
  for (const user of options.users) {
    const known = file.data.users.find((candidate) => candidate.login === user.login);
    if (known) Object.assign(known, user);
    else file.data.users.push({ ...user });
    file.data.tokens[user.token ?? `token-of-${user.login}`] = user.login;
  }

  const server = createServer((request, response) => void door.handle(request, response));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const webUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  // Emulate answers with the base URL it is given and never tells its own port, so we choose it.
  const accountsPort = await freePort();
  const accounts = await createEmulator({
    service: "github",
    port: accountsPort,
    baseUrl: webUrl,
    seed: {
      tokens: Object.fromEntries(
        Object.entries(file.data.tokens).map(([token, login]) => [token, { login }]),
      ),
      github: {
        users: file.data.users.map(({ login, name, email }) => ({ login, name, email })),
        ...(options.oauthApp
          ? {
              oauth_apps: [
                {
                  client_id: options.oauthApp.clientId,
                  client_secret: options.oauthApp.clientSecret,
                  name: "Plumbline",
                  redirect_uris: options.oauthApp.redirectUris,
                },
              ],
            }
          : {}),
      },
    },
  });
  const accountsUrl = `http://127.0.0.1:${accountsPort}`;
  for (const user of file.data.users) {
    const shown = await fetch(`${accountsUrl}/users/${user.login}`);
    user.id = ((await shown.json()) as { id: number }).id;
  }
  const webhooks = new WebhookSender(log);
  const host = new Host({
    file,
    root: join(dataDir, "git"),
    webUrl,
    webhooks,
    webhook: options.webhook,
  });
  const door = new FrontDoor({ host, accounts: new Accounts(host, accountsUrl), log });
  file.save();

  const repository = (owner: string, name: string) => {
    const found = host.find(owner, name);
    if (!found) throw new Error(`The GitHub stand-in has no repository ${owner}/${name}`);
    return found;
  };
  const pull = (owner: string, name: string, number: number) => {
    const found = repository(owner, name).state.pulls.find((candidate) => candidate.number === number);
    if (!found) throw new Error(`${owner}/${name} has no pull request ${number}`);
    return found;
  };

  return {
    webUrl,
    apiUrl: host.apiUrl,
    cloneUrl: (owner, repo) => `${webUrl}/${owner}/${repo}.git`,
    tokenOf: (login) => file.data.users.find((user) => user.login === login)?.token ?? `token-of-${login}`,
    async createRepository(owner, name, given) {
      await host.create(owner, name, given);
    },
    async seedRepository(owner, name, from, given) {
      await host.create(owner, name, { ...given, from });
    },
    async mergePullRequest(owner, repo, number, login = file.data.users[0]!.login) {
      return { sha: await mergePull(host, repository(owner, repo), number, login) };
    },
    closePullRequest(owner, repo, number) {
      host.close(repository(owner, repo), file.data.users[0]!.login, pull(owner, repo, number));
    },
    reopenPullRequest(owner, repo, number) {
      host.reopen(repository(owner, repo), file.data.users[0]!.login, pull(owner, repo, number));
    },
    approvePullRequest(owner, repo, number, login) {
      addReview(host, pull(owner, repo, number), login, "APPROVED");
    },
    protectBranch(owner, repo, branch, rule) {
      const { protection } = repository(owner, repo).state;
      if (rule) protection[branch] = rule;
      else delete protection[branch];
      file.save();
    },
    archiveRepository(owner, repo, archived = true) {
      repository(owner, repo).state.archived = archived;
      file.save();
    },
    setPermission(owner, repo, login, permission) {
      const { permissions } = repository(owner, repo).state;
      if (permission === "write") delete permissions[login];
      else permissions[login] = permission;
      file.save();
    },
    fail: (failure) => door.fail(failure),
    revokeToken(token) {
      file.data.revoked.push(token);
      file.save();
    },
    setWebhook(webhook) {
      host.webhook = webhook;
    },
    async deliverWebhook(event, payload) {
      if (!host.webhook) throw new Error("The GitHub stand-in has no webhook to deliver to: set one first");
      return webhooks.send(host.webhook, event, payload);
    },
    async deliveries() {
      await host.settled();
      return [...webhooks.deliveries];
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await Promise.all([closed, accounts.close()]);
      await host.settled();
      file.save();
    },
  };
}
