import { retry } from "@octokit/plugin-retry";
import { throttling } from "@octokit/plugin-throttling";
import { Octokit } from "@octokit/rest";
import { askConditionally } from "./conditional.ts";
import { type InstallationKey, installationAuth } from "./installation-auth.ts";

/** How to reach one repository on GitHub or GitHub Enterprise. */
export interface GithubAccess {
  /** `https://api.github.com`, or `https://<host>/api/v3` on GitHub Enterprise. */
  apiUrl: string;
  owner: string;
  name: string;
  /** A token, or the App's installation that tokens are made from when needed. */
  token: string | InstallationKey;
  /** How often a request that GitHub fails (5xx, no answer) is repeated at once; 2 when left out. */
  retries?: number;
  /** How long one request may take; 20 s when left out. */
  timeoutMs?: number;
}

const PluggedOctokit = Octokit.plugin(retry, throttling);

/** The client of one repository's API. */
export type GithubClient = InstanceType<typeof PluggedOctokit>;

const silent = { debug() {}, info() {}, warn() {}, error() {} };

const isLoopback = (url: string) => /^https?:\/\/(127\.\d+\.\d+\.\d+|localhost|\[::1\])[:/]/.test(`${url}/`);

/** Makes the client of one repository: paced as GitHub asks, repeating what failed for a moment, never waiting out a limit. */
export function createGithubClient(access: GithubAccess): GithubClient {
  const { token, apiUrl } = access;
  const auth = typeof token === "string" ? { auth: token } : installationAuth(apiUrl, token);
  const client = createOctokit(access, auth, `${apiUrl}/${access.owner}`);
  const holder =
    typeof token === "string" ? token : `${token.appId} ${token.installationId} ${token.repositoryId}`;
  askConditionally(client, `${apiUrl} ${holder}`);
  return client;
}

/** Makes an Octokit client with Plumbline's manners; `id` is what shares one pace. */
export function createOctokit(
  access: Pick<GithubAccess, "apiUrl" | "retries" | "timeoutMs">,
  auth: { auth?: unknown; authStrategy?: unknown },
  id: string,
): GithubClient {
  const timeoutMs = access.timeoutMs ?? 20_000;
  return new PluggedOctokit({
    ...auth,
    baseUrl: access.apiUrl.replace(/\/+$/, ""),
    userAgent: "plumbline",
    // Octokit would print requests; what failed is in the error, once.
    log: silent,
    request: {
      fetch: (url: string, init: RequestInit) =>
        fetch(url, { ...init, signal: AbortSignal.timeout(timeoutMs) }),
    },
    retry: { retries: access.retries ?? 2, doNotRetry: [400, 401, 403, 404, 405, 409, 410, 422, 429, 451] },
    throttle: {
      // A job that sleeps holds its place in the queue: the error says when to come back instead.
      onRateLimit: () => false,
      onSecondaryRateLimit: () => false,
      enabled: !isLoopback(access.apiUrl),
      id,
    },
  });
}
