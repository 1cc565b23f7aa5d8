import { firstOrganization, type Transaction } from "../db.ts";
import { env } from "../env.ts";
import { AppError } from "../errors.ts";
import { type GitHost, githubApiUrl, openGithubRepository, parseRepositoryUrl } from "../git-hosts/index.ts";
import { open } from "../secrets.ts";

/** Under what a repository's token is sealed: it opens for no other row. */
export const tokenContext = (organizationId: string, repositoryId: string) =>
  `git-token:${organizationId}:${repositoryId}`;

export type Access = { url: string; token: string };

/** The address and token to reach a repository's host with; null where Plumbline has no token for it. */
export async function findAccess(
  tx: Transaction,
  organizationId: string,
  repositoryId: string,
): Promise<Access | null> {
  const repository = await tx.repository.findUniqueOrThrow({
    where: { organizationId_id: { organizationId, id: repositoryId } },
  });
  const own = await tx.gitInstallation.findUnique({
    where: { organizationId_repositoryId: { organizationId, repositoryId } },
  });
  const token = own
    ? open(own.tokenEncrypted, tokenContext(organizationId, repositoryId))
    : await installationToken(organizationId);
  return token ? { url: repository.url, token } : null;
}

/**
 * The token of the installation itself. Any organization may declare any repository's address, so that
 * one which only shares the installation must not be served with it.
 */
export async function installationToken(organizationId: string): Promise<string | undefined> {
  const { GITHUB_TOKEN } = env();
  return GITHUB_TOKEN && (await firstOrganization()) === organizationId ? GITHUB_TOKEN : undefined;
}

/** A client of the host; call it outside of any transaction, as it speaks over the network. */
export function openHost(access: Access): GitHost {
  const address = parsed(access.url);
  const { GITHUB_API_URL, GITHUB_WEB_URL } = env();
  // A GitHub of one's own may serve Git under another name or port than its API.
  const ownGithub = GITHUB_WEB_URL !== "https://github.com" && address.host !== "github.com";
  const apiUrl = ownGithub ? GITHUB_API_URL : githubApiUrl(address);
  return openGithubRepository({ apiUrl, owner: address.owner, name: address.name, token: access.token });
}

function parsed(url: string) {
  try {
    return parseRepositoryUrl(url);
  } catch (cause) {
    throw new AppError(
      "invalid",
      cause instanceof Error ? cause.message : "The repository's address cannot be read.",
      { cause },
    );
  }
}

/** Whether an address is of GitHub, or of the GitHub that this installation is told of. */
export function isGithub(url: string): boolean {
  try {
    return parseRepositoryUrl(url).host === "github.com" || env().GITHUB_WEB_URL !== "https://github.com";
  } catch {
    return false;
  }
}

/** Where people see the repository in a browser, or null where its address says no such place. */
export function webUrlOf(url: string): string | null {
  try {
    const { owner, name, webUrl, host } = parseRepositoryUrl(url);
    const { GITHUB_WEB_URL } = env();
    return GITHUB_WEB_URL !== "https://github.com" && host !== "github.com"
      ? `${GITHUB_WEB_URL}/${owner}/${name}`
      : webUrl;
  } catch {
    return null;
  }
}
