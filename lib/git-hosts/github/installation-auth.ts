import { createAppAuth } from "@octokit/auth-app";
import type { Octokit } from "@octokit/rest";

/** Who the App is to GitHub's API. */
export interface AppKey {
  appId: number;
  /** PEM. */
  privateKey: string;
}

/** One repository as an installation of the App reaches it: its tokens are good for that repository alone. */
export interface InstallationKey extends AppKey {
  installationId: number;
  repositoryId: number;
}

// GitHub's tokens live for an hour; one that ends while a job runs is of no use.
const SPARE_MS = 5 * 60_000;
const MOST = 5000;
const minted = new Map<string, string>();

/** Octokit's options to act as one installation: a token is made when needed, kept in memory, renewed before it ends. */
export function installationAuth(apiUrl: string, key: InstallationKey) {
  const { appId, privateKey } = key;
  const of = (name: string) => `${apiUrl} ${appId} ${name}`;
  const cache = {
    get(name: string) {
      const value = minted.get(of(name));
      if (value === undefined || isFresh(value)) return value ?? "";
      minted.delete(of(name));
      return "";
    },
    set(name: string, value: string) {
      if (minted.size >= MOST) minted.delete(minted.keys().next().value ?? "");
      minted.set(of(name), value);
    },
  };
  const auth = { appId, privateKey, cache };
  return { auth, authStrategy: (options: Strategy) => forOneRepository(options, key) };
}

type Strategy = Parameters<typeof createAppAuth>[0];
type Request = Octokit["request"];
type Endpoint = { method: string; url: string; baseUrl: string; headers: Record<string, string> };

/** auth-app's own hook asks for tokens that reach everything the App is installed on. */
function forOneRepository(options: Strategy, { installationId, repositoryId }: InstallationKey) {
  const app = createAppAuth(options);
  const mint = (refresh = false) =>
    app({ type: "installation", installationId, repositoryIds: [repositoryId], refresh });
  const hook = async (request: Request, given: Endpoint) => {
    const endpoint: Endpoint = request.endpoint.merge(given) as never;
    if (/\/app\/installations\/[^/]+\/access_tokens$/.test(endpoint.url)) return request(endpoint);
    const send = async (refresh: boolean) => {
      endpoint.headers.authorization = `token ${(await mint(refresh)).token}`;
      return request(endpoint);
    };
    try {
      return await send(false);
    } catch (error) {
      // What was kept may have been revoked since.
      if ((error as { status?: unknown }).status !== 401) throw error;
      return send(true);
    }
  };
  return Object.assign(mint, { hook });
}

/** auth-app keeps `token|createdAt|expiresAt|…`. */
function isFresh(value: string): boolean {
  return Date.parse(value.split("|")[2] ?? "") - SPARE_MS > Date.now();
}
