import { createAppAuth } from "@octokit/auth-app";
import { z } from "zod";
import { createOctokit, type GithubClient } from "./client.ts";
import { toGitHostError } from "./errors.ts";
import type { AppKey } from "./installation-auth.ts";

/** The least that Plumbline needs of a repository, as GitHub names it. */
const APP_PERMISSIONS = {
  contents: "write",
  pull_requests: "write",
  statuses: "write",
  checks: "read",
  metadata: "read",
} as const;

/** What GitHub answers once for an App that was made from a manifest. */
const CreatedApp = z.object({
  id: z.number().int().positive(),
  slug: z.string().regex(/^[\w-]+$/),
  client_id: z.string().min(1),
  client_secret: z.string().min(1),
  webhook_secret: z.string().nullish(),
  pem: z.string().includes("PRIVATE KEY-----"),
});
export type CreatedApp = z.infer<typeof CreatedApp>;

/** Where and how fast to ask. */
export type AppHost = { apiUrl: string; retries?: number };

/** The fields of the form that makes an App on GitHub; a webhook only where GitHub can reach it. */
export function appManifest(plumblineUrl: string): Record<string, unknown> {
  const { hostname } = new URL(plumblineUrl);
  const reachable = !/^(localhost|127\.|\[::1\]|0\.0\.0\.0)/.test(hostname);
  return {
    name: `Plumbline at ${hostname}`.slice(0, 34),
    url: plumblineUrl,
    public: false,
    redirect_url: `${plumblineUrl}/api/github/created`,
    callback_urls: [`${plumblineUrl}/api/github/installed`],
    request_oauth_on_install: true,
    default_permissions: APP_PERMISSIONS,
    ...(reachable
      ? {
          hook_attributes: { url: `${plumblineUrl}/api/webhooks/github`, active: true },
          default_events: ["push", "pull_request"],
        }
      : {}),
  };
}

/** Exchanges the code that GitHub sends back for the App and its secrets; good once, for an hour. */
export function convertManifest(host: AppHost, code: string): Promise<CreatedApp> {
  const client = createOctokit(host, {}, `${host.apiUrl}/manifest`);
  return attempt("Creating the GitHub App", code, async () => {
    const { data } = await client.rest.apps.createFromManifest({ code });
    return CreatedApp.parse(data);
  });
}

/** A repository that an installation of the App reaches, as one person may use it. */
export interface ReachedRepository {
  installationId: number;
  repositoryId: number;
  /** `owner/name`. */
  fullName: string;
  /** Whether the person may push to it. */
  canPush: boolean;
}

/** What the App's installations reach of what this person may see: GitHub answers both questions at once. */
export function listReachedRepositories(host: AppHost, userToken: string): Promise<ReachedRepository[]> {
  const client = createOctokit(host, { auth: userToken }, `${host.apiUrl}/person`);
  const { apps } = client.rest;
  return attempt("Asking GitHub which repositories the App reaches", userToken, async () => {
    const installations = await client.paginate(apps.listInstallationsForAuthenticatedUser, {
      per_page: 100,
    });
    const reached: ReachedRepository[] = [];
    for (const { id } of installations) {
      const repositories = await client.paginate(apps.listInstallationReposForAuthenticatedUser, {
        installation_id: id,
        per_page: 100,
      });
      for (const one of repositories)
        reached.push({
          installationId: id,
          repositoryId: one.id,
          fullName: one.full_name,
          canPush: one.permissions?.push === true,
        });
    }
    return reached;
  });
}

/** An installation as GitHub has it now; null once it was deleted. */
export interface Installation {
  suspended: boolean;
  /** What the App needs and was not granted here, such as `statuses: write`. */
  missing: string[];
  url: string;
}

/** Asks GitHub for an installation of this App, as the App itself. */
export function findInstallation(
  host: AppHost,
  { appId, privateKey }: AppKey,
  installationId: number,
): Promise<Installation | null> {
  const auth = { authStrategy: createAppAuth, auth: { appId, privateKey } };
  const client: GithubClient = createOctokit(host, auth, `${host.apiUrl}/app`);
  return attempt(`Reading installation ${installationId} of the GitHub App`, null, async () => {
    try {
      const { data } = await client.rest.apps.getInstallation({ installation_id: installationId });
      const granted = data.permissions as Record<string, string>;
      const missing = Object.entries(APP_PERMISSIONS)
        .filter(([name, level]) => granted[name] !== level && granted[name] !== "write")
        .map(([name, level]) => `${name}: ${level}`);
      return { suspended: Boolean(data.suspended_at), missing, url: data.html_url };
    } catch (error) {
      if ((error as { status?: unknown }).status === 404) return null;
      throw error;
    }
  });
}

/** Runs one call of GitHub, and says, should it fail, what was being done; `secret` is struck out. */
export async function attempt<T>(doing: string, secret: string | null, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toGitHostError(error, doing, secret);
  }
}
