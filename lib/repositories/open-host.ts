import { firstOrganization, type Transaction } from "../db.ts";
import { env } from "../env.ts";
import { AppError } from "../errors.ts";
import {
  type GitHost,
  type GithubAccess,
  githubApiUrl,
  type InstallationKey,
  openGithubRepository,
  parseRepositoryUrl,
} from "../git-hosts/index.ts";
import { findApp } from "../github-app/find-app.ts";
import { open } from "../secrets.ts";

/** Under what a repository's token is sealed: it opens for no other row. */
export const tokenContext = (organizationId: string, repositoryId: string) =>
  `git-token:${organizationId}:${repositoryId}`;

/** A repository's address, and a token or the App's installation to reach it with. */
export type Access = { url: string; token: string | InstallationKey };

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
    ? await tokenOf(tx, own)
    : isOwnGithub(repository.url)
      ? await installationToken(organizationId)
      : null;
  return token ? { url: repository.url, token } : null;
}

async function tokenOf(
  tx: Transaction,
  own: NonNullable<Awaited<ReturnType<Transaction["gitInstallation"]["findUnique"]>>>,
): Promise<Access["token"] | null> {
  const { organizationId, repositoryId, tokenEncrypted, installationId, hostRepositoryId } = own;
  if (tokenEncrypted) return open(tokenEncrypted, tokenContext(organizationId, repositoryId));
  const app = await findApp(tx);
  if (!app || installationId === null || hostRepositoryId === null) return null;
  const { appId, privateKey } = app;
  return {
    ...{ appId, privateKey, installationId: Number(installationId) },
    repositoryId: Number(hostRepositoryId),
  };
}

/**
 * The token of the installation itself. Any organization may declare any repository's address, so that
 * one which only shares the installation must not be served with it.
 */
export async function installationToken(organizationId: string): Promise<string | undefined> {
  const { GITHUB_TOKEN } = env();
  return GITHUB_TOKEN && (await firstOrganization()) === organizationId ? GITHUB_TOKEN : undefined;
}

/** The organization that the installation's own token serves; null without such a token. */
export async function installationTokenOwner(): Promise<string | null> {
  return env().GITHUB_TOKEN ? firstOrganization() : null;
}

/** A client of the host; call it outside of any transaction, as it speaks over the network. */
export function openHost(access: Access): GitHost {
  return openGithubRepository(accessOf(access));
}

/** Where the API of a repository's host is, and whose repository it is there. */
export function accessOf({ url, token }: Access): GithubAccess {
  const address = parsed(url);
  const apiUrl = isOwnGithub(url) ? env().GITHUB_API_URL : githubApiUrl(address);
  return { apiUrl, owner: address.owner, name: address.name, token };
}

/**
 * Whether a repository is of the GitHub that this installation is told of: only there go the App and the
 * installation's token. A GitHub of one's own may serve Git under another name or port than its API.
 */
export function isOwnGithub(url: string): boolean {
  try {
    return (parseRepositoryUrl(url).host === "github.com") === isGithubCom();
  } catch {
    return false;
  }
}

const isGithubCom = () => env().GITHUB_WEB_URL === "https://github.com";

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
