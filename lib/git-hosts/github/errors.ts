import { GitHostError, type GitHostErrorCode } from "../git-host-error.ts";

interface Refusal {
  status: number;
  /** The App's installation was asked for a token, not the repository for anything. */
  minting: boolean;
  message: string;
  headers: Record<string, string | number | undefined>;
}

/** Reads what Octokit throws, whichever version of its error class it is. */
function refusalOf(error: unknown): Refusal {
  const thrown = error as {
    status?: unknown;
    message?: unknown;
    request?: { url?: unknown };
    response?: {
      headers?: Refusal["headers"];
      data?: { message?: unknown; errors?: { message?: unknown }[] };
    };
  };
  const data = thrown.response?.data;
  const details = Array.isArray(data?.errors)
    ? data.errors.map((detail) => String(detail?.message ?? ""))
    : [];
  return {
    // Without a response nobody answered: a refused connection, a time-out, a name that does not resolve.
    status: thrown.response && typeof thrown.status === "number" ? thrown.status : 0,
    message: [data?.message ?? thrown.message ?? "", ...details].filter(Boolean).join(": "),
    minting: /\/app\/installations\/\d+\/access_tokens$/.test(String(thrown.request?.url ?? "")),
    headers: thrown.response?.headers ?? {},
  };
}

// GitHub has no code for these: its documented messages are all there is to tell them apart.
const PROTECTED = /protected branch|through a pull request|rule violations|GH006|GH013/i;
const ARCHIVED = /archived/i;
const RATE = /rate limit|abuse detection/i;
const ABSENT = /no commit found|does not exist|not found|is empty/i;

function codeOf({ status, message, headers, minting }: Refusal): GitHostErrorCode {
  if (status === 0 || status >= 500) return "unavailable";
  if (minting && status !== 429 && !RATE.test(message)) return "unauthorized";
  if (status === 401) return "unauthorized";
  if (status === 429) return "rate-limited";
  if (ARCHIVED.test(message)) return "archived";
  if (PROTECTED.test(message)) return "protected";
  if (status === 403) {
    const spent = String(headers["x-ratelimit-remaining"] ?? "") === "0";
    return spent || headers["retry-after"] !== undefined || RATE.test(message) ? "rate-limited" : "forbidden";
  }
  if (status === 451) return "forbidden";
  if (status === 404 || status === 410) return "not-found";
  if ((status === 409 || status === 422) && ABSENT.test(message)) return "not-found";
  return "conflict";
}

const NEXT: Record<GitHostErrorCode, string> = {
  "not-found": "Check the repository, branch and path, and that the token may see this repository.",
  unauthorized: "Give this repository a valid token: the present one is wrong, expired or revoked.",
  forbidden: "Let the token read and write contents, pull requests and commit statuses of this repository.",
  "rate-limited": "Wait: it is tried again once GitHub's limit is over.",
  conflict: "Look at the repository on GitHub: what was asked does not fit its present state.",
  protected: "Let the token's account create branches here, or change the branch's protection rules.",
  "nothing-to-do": "Choose another revision.",
  taken: "Delete that branch on GitHub, then try again.",
  overlapping: "Roll back to a revision before both changes, or revert it by hand with Git.",
  archived: "Unarchive the repository on GitHub: it is read-only.",
  unavailable: "Check that GitHub can be reached from here; it is tried again by itself.",
};

const NEXT_OF_APP =
  "Look at the App's installation on GitHub: unsuspend it or install it again, let it reach this repository, then connect the repository anew.";

function retryAtOf({ headers }: Refusal, now: number): Date {
  const after = Number(headers["retry-after"]);
  if (Number.isFinite(after)) return new Date(now + after * 1000);
  const reset = Number(headers["x-ratelimit-reset"]);
  return Number.isFinite(reset) ? new Date(reset * 1000) : new Date(now + 60_000);
}

/**
 * Turns what Octokit throws into a `GitHostError` that says what was being done; the token is struck out.
 * Anything else is a fault of ours and comes back as it is.
 */
export function toGitHostError(error: unknown, doing: string, token: unknown): unknown {
  if (error instanceof GitHostError || typeof (error as { status?: unknown }).status !== "number")
    return error;
  const refusal = refusalOf(error);
  const code = codeOf(refusal);
  const said = withoutTokens(refusal.message || "no reason given", token).slice(0, 500);
  const who = refusal.status === 0 ? "GitHub did not answer" : `GitHub answered ${refusal.status}`;
  const retryAt = code === "rate-limited" ? retryAtOf(refusal, Date.now()) : undefined;
  const next = refusal.minting && code === "unauthorized" ? NEXT_OF_APP : NEXT[code];
  return new GitHostError(code, `${doing}: ${who} (${said})`, next, { retryAt });
}

/** An installation's tokens are made inside of Octokit: they are known by their shape. */
function withoutTokens(text: string, token: unknown): string {
  const own = typeof token === "string" && token ? text.replaceAll(token, "[token]") : text;
  return own.replace(/\b(gh[a-z]_|github_pat_)\w+/g, "[token]");
}
