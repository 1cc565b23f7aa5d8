import { StageError } from "../errors.ts";
import type { Ran } from "../run-process.ts";

/** What a failure is about, as far as messages need it. */
export type Asked = {
  shown: string;
  ref?: string;
  revision?: string;
  credentials?: string | undefined;
  secrets: string[];
};

type Rule = {
  reason: string;
  next: "retry" | "stalled";
  says: RegExp;
  message(asked: Asked, detail: string): string;
};

// Git gives one exit code for everything, so that its (untranslated) words are all there is to go by.
const RULES: Rule[] = [
  {
    reason: "SshMissing",
    next: "stalled",
    says: /cannot run .*ssh/i,
    message: ({ shown }) =>
      `${shown} is reached by ssh, and the ssh program could not be started; the agent's image must have it.`,
  },
  {
    reason: "RefNotFound",
    next: "stalled",
    says: /couldn't find remote ref/i,
    message: ({ shown, ref }) => refNotFound(shown, ref ?? "").message,
  },
  {
    reason: "RevisionGone",
    next: "stalled",
    says: /not our ref|unadvertised object|remote error: .*(want|object).*(not|invalid)|no such remote ref [0-9a-f]{40}/i,
    message: ({ shown, revision }) => revisionGone(shown, revision ?? "").message,
  },
  {
    reason: "HostKeyRefused",
    next: "stalled",
    says: /host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED|no .* host key is known/i,
    message: ({ shown, credentials }) =>
      `The host of ${shown} shows a key that known_hosts in ${credentials} does not have; check the key with the host's owner, then correct known_hosts.`,
  },
  {
    reason: "CertificateUntrusted",
    next: "retry",
    says: /certificate|SSL_ERROR_SYSCALL.*verify|error setting certificate/i,
    message: ({ shown }, detail) =>
      `The TLS certificate of ${shown} is not trusted (${detail}); put the CA that signed it into ca.crt beside the credential.`,
  },
  {
    reason: "AuthenticationFailed",
    next: "retry",
    says: /authentication failed|could not read (username|password)|terminal prompts disabled|requested URL returned error: 40[13]|permission denied|invalid credentials|HTTP Basic: Access denied|error in libcrypto|load key/i,
    message: ({ shown, credentials }) =>
      credentials === undefined
        ? `The repository ${shown} asks for a credential, and none is declared; put one in a Secret and name it in the declaration.`
        : `The repository ${shown} refuses the credential in ${credentials}; replace it and the next look picks it up.`,
  },
  {
    reason: "RepositoryNotFound",
    next: "retry",
    says: /repository .*not found|could not be found|requested URL returned error: 4(04|10)|does not appear to be a git repository|no such file or directory|does not exist|not valid: is this a git repository/i,
    message: ({ shown, credentials }) =>
      `There is no repository at ${shown}, or ${credentials === undefined ? "it asks for a credential" : `the credential in ${credentials} may not see it`}; check the address${credentials === undefined ? " and whether it is private" : " and what the credential may read"}.`,
  },
  {
    reason: "RepositoryMoved",
    next: "stalled",
    says: /requested URL returned error: 30\d|redirect/i,
    message: ({ shown }) =>
      `The repository ${shown} redirects to another address; declare that address, so that the credential goes nowhere else.`,
  },
];

/** The StageError for a Git command that reached for the network and failed. */
export function gitFailure(ran: Ran, asked: Asked, timeoutMs: number): StageError {
  if (ran.ended === "missing")
    return new StageError(
      "fetch",
      "GitMissing",
      "The git program could not be started; the agent's image must have it.",
    );
  if (ran.ended === "timeout")
    return new StageError(
      "fetch",
      "FetchTimeout",
      `The repository ${asked.shown} did not answer within ${Math.round(timeoutMs / 1000)} s; it is tried again.`,
      { next: "retry" },
    );
  const detail = detailOf(ran.stderr, asked.secrets);
  for (const rule of RULES)
    if (rule.says.test(ran.stderr))
      return new StageError("fetch", rule.reason, rule.message(asked, detail), { next: rule.next });
  return new StageError(
    "fetch",
    "RepositoryUnreachable",
    `The repository ${asked.shown} cannot be reached (${detail}); it is tried again.`,
    { next: "retry" },
  );
}

/** The error for a ref that the repository does not have. */
export function refNotFound(shown: string, ref: string): StageError {
  return new StageError(
    "fetch",
    "RefNotFound",
    `The repository ${shown} has no branch or tag ${JSON.stringify(ref)}; push it, or correct the ref in the declaration.`,
  );
}

/** The error for a revision that the repository no longer serves. */
export function revisionGone(shown: string, revision: string): StageError {
  return new StageError(
    "fetch",
    "RevisionGone",
    `The repository ${shown} no longer has revision ${revision}; its branch was rewritten or deleted after it was seen.`,
  );
}

/** Git's own last words without its prefix, addresses' user info and anything secret. */
function detailOf(stderr: string, secrets: string[]): string {
  const lines = stderr.split(/[\r\n]+/).map((line) => line.trim());
  const telling = lines.filter((line) => /^(fatal|error|remote|ssh):/i.test(line));
  let said =
    (telling.find((line) => /^fatal:/.test(line)) ??
      telling.at(-1) ??
      lines.findLast((line) => line !== "")) ||
    "no reason given";
  said = said.replace(/^(fatal|error):\s*/i, "").replace(/^unable to access '[^']*':\s*/, "");
  for (const secret of secrets) if (secret !== "") said = said.replaceAll(secret, "***");
  return said
    .replace(/:\/\/[^/\s@']*@/g, "://")
    .replace(/[.\s]+$/, "")
    .slice(0, 300);
}
