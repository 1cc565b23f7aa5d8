export type * from "./git-host.ts";
export { GitHostError, type GitHostErrorCode } from "./git-host-error.ts";
export {
  type AppHost,
  appManifest,
  convertManifest,
  findInstallation,
  listReachedRepositories,
} from "./github/app.ts";
export { type GithubAccess, githubApiUrl, openGithubRepository } from "./github/github-host.ts";
export type { AppKey, InstallationKey } from "./github/installation-auth.ts";
export {
  exchangeCode,
  type Person,
  type PersonToken,
  readPerson,
  refreshPersonToken,
  revokePersonToken,
} from "./github/person.ts";
export { findMissingPermissions } from "./github/token-permissions.ts";
export {
  installationEventSchema,
  type PullRequestEvent,
  type PushEvent,
  pullRequestEventSchema,
  pushEventSchema,
} from "./github/webhook-schemas.ts";
export { parseRepositoryUrl, type RepositoryAddress } from "./repository-url.ts";
export { verifyWebhookSignature } from "./webhook-signature.ts";
