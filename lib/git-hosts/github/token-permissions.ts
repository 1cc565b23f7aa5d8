import { createGithubClient, type GithubAccess, type GithubClient } from "./client.ts";
import { toGitHostError } from "./errors.ts";

/** What a probe needs: a write that GitHub would refuse as invalid, once it has let the token through. */
const PROBES = [
  { name: "contents: write", route: "POST /repos/{owner}/{repo}/git/refs" },
  { name: "pull requests: write", route: "POST /repos/{owner}/{repo}/pulls" },
  {
    name: "commit statuses: write",
    route: "POST /repos/{owner}/{repo}/statuses/0000000000000000000000000000000000000000",
  },
] as const;

/**
 * Which of the permissions that Plumbline needs a token lacks: a classic token says its scopes itself, a
 * fine-grained one is tried with writes that are empty, so that nothing can come of them.
 */
export async function findMissingPermissions(access: GithubAccess): Promise<string[]> {
  const client = createGithubClient(access);
  const where = { owner: access.owner, repo: access.name };
  try {
    const { data, headers } = await client.rest.repos.get(where);
    const scopes = String(headers["x-oauth-scopes"] ?? "")
      .split(",")
      .map((scope) => scope.trim())
      .filter(Boolean);
    if (scopes.length > 0)
      return scopes.includes("repo") || (!data.private && scopes.includes("public_repo"))
        ? []
        : [data.private ? "scope repo" : "scope public_repo"];
    const refused = await Promise.all(PROBES.map(({ route }) => isRefused(client, route, where)));
    return PROBES.filter((_, index) => refused[index]).map(({ name }) => name);
  } catch (error) {
    throw toGitHostError(error, `Trying the token in ${access.owner}/${access.name}`, access.token);
  }
}

async function isRefused(client: GithubClient, route: string, where: { owner: string; repo: string }) {
  try {
    await client.request(route, where);
    return false;
  } catch (error) {
    const { status, response } = error as {
      status?: unknown;
      response?: { headers?: Record<string, unknown> };
    };
    // A limit and an archived repository are 403 too; only a missing permission is answered with what is needed.
    return status === 403 && response?.headers?.["x-accepted-github-permissions"] !== undefined;
  }
}
