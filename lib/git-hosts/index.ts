export type * from "./git-host.ts";
export { GitHostError, type GitHostErrorCode } from "./git-host-error.ts";
export { type GithubAccess, githubApiUrl, openGithubRepository } from "./github/github-host.ts";
export {
  type PullRequestEvent,
  type PushEvent,
  pullRequestEventSchema,
  pushEventSchema,
} from "./github/webhook-schemas.ts";
export { parseRepositoryUrl, type RepositoryAddress } from "./repository-url.ts";
export { verifyWebhookSignature } from "./webhook-signature.ts";
