/** Why a Git host refused or failed. */
export type GitHostErrorCode =
  | "not-found"
  | "unauthorized"
  | "forbidden"
  | "rate-limited"
  | "conflict"
  | "protected"
  | "archived"
  | "nothing-to-do"
  | "taken"
  | "overlapping"
  | "unavailable";

/** A failure of a Git host: what happened, to which object, and what to do next. Never holds the token. */
export class GitHostError extends Error {
  readonly code: GitHostErrorCode;
  readonly nextStep: string;
  /** When to try again, for `rate-limited`. */
  readonly retryAt: Date | undefined;

  /** What is not there any more, for `not-found`, where that is known. */
  readonly missing: "base" | "repository" | undefined;

  constructor(
    code: GitHostErrorCode,
    message: string,
    nextStep: string,
    more: { retryAt?: Date | undefined; missing?: "base" | "repository" | undefined } = {},
  ) {
    super(message);
    this.name = "GitHostError";
    this.code = code;
    this.nextStep = nextStep;
    this.retryAt = more.retryAt;
    this.missing = more.missing;
  }

  /** Whether the same call may succeed later without anybody changing anything. */
  get retryable(): boolean {
    return this.code === "rate-limited" || this.code === "unavailable";
  }
}
