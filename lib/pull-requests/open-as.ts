import { type GitHost, GitHostError, type PullRequest } from "../git-hosts/index.ts";
import { findPersonToken, isRefused, noteProblem } from "../github-identity/find-person-token.ts";
import { log } from "../log.ts";
import { type Access, isOwnGithub, openHost } from "../repositories/open-host.ts";

/**
 * Opens a pull request as the person who asked for it, where they have connected their account on GitHub and it may;
 * otherwise as the App or the repository's token, which its text says who asked. Asked again it answers the same one.
 */
export async function openAsRequester(
  host: GitHost,
  access: Access,
  requestedBy: string,
  asked: Parameters<GitHost["openPullRequest"]>[0],
): Promise<PullRequest> {
  try {
    const person = isOwnGithub(access.url) ? await findPersonToken(requestedBy) : null;
    if (person) return await openHost({ url: access.url, token: person.token }).openPullRequest(asked);
  } catch (error) {
    if (!(error instanceof GitHostError) || error.code === "unavailable") throw error;
    if (isRefused(error)) await noteProblem(requestedBy);
    log().info({ err: error }, "a pull request is not opened as the person who asked for it");
  }
  return host.openPullRequest(asked);
}
