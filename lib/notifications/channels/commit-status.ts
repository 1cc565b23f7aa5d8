import {
  type CommitStatus,
  type GitHost,
  GitHostError,
  type GitHostErrorCode,
} from "../../git-hosts/index.ts";
import type { AlertKind, AlertMessage } from "../message.ts";
import type { Sent } from "./channel.ts";
import { later, refused } from "./outcome.ts";
import { cut, oneLine } from "./plain-text.ts";
import { wordsOf } from "./words.ts";

// What GitHub takes: https://docs.github.com/rest/commits/statuses
const DESCRIPTION = 140;
const CONTEXT = 255;

// A silent agent or a suspension says nothing about a commit: its last status stays.
const states: Record<AlertKind, CommitStatus["state"] | null> = {
  "change-committed": "pending",
  diff: "failure",
  failed: "failure",
  converged: "success",
  "agent-silent": null,
  "suspended-too-long": null,
  "audit-anchor": null,
  test: null,
};

/**
 * The status that a message puts on its commit; null where it says nothing about one. `ambiguous` when another
 * environment of the same repository has the same name: the cluster then tells them apart.
 */
export function commitStatusOf(
  message: AlertMessage,
  options: { ambiguous: boolean } = { ambiguous: false },
): CommitStatus | null {
  const state = states[message.kind];
  if (state === null || !message.environment || !/^[0-9a-f]{40}([0-9a-f]{24})?$/.test(message.revision ?? ""))
    return null;
  const cluster = options.ambiguous && message.cluster ? ` (${oneLine(message.cluster)})` : "";
  const { title, what } = wordsOf(message);
  const rest = oneLine(what, DESCRIPTION);
  return {
    sha: message.revision ?? "",
    state,
    context: cut(`plumbline/${oneLine(message.environment)}${cluster}`, CONTEXT),
    description: cut(rest ? `${title}. ${rest}` : title, DESCRIPTION),
    targetUrl: message.url,
  };
}

/**
 * Writes a message back to its commit. A status of the same context replaces the one before, in whatever order they
 * arrive: the caller sends those of one environment and revision one after another, and drops a retry once a newer
 * one is there.
 */
export async function sendCommitStatus(
  host: Pick<GitHost, "setCommitStatus">,
  message: AlertMessage,
  options: { ambiguous: boolean } = { ambiguous: false },
): Promise<Sent> {
  const status = commitStatusOf(message, options);
  if (!status) return refused("This alert says nothing about a commit: there is no status to set.");
  try {
    await host.setCommitStatus(status);
    return { ok: true, thread: null };
  } catch (error) {
    if (!(error instanceof GitHostError)) throw error;
    return outcomeOf(error, status);
  }
}

const RIGHT =
  "give the repository's token read and write on commit statuses (for a classic token: repo:status)";
const steps: Partial<Record<GitHostErrorCode, string>> = {
  // GitHub says 404, not 403, for what a token may not see.
  "not-found": `check that the commit is pushed, and ${RIGHT}`,
  forbidden: RIGHT,
  unauthorized: "give the repository a valid token: the present one is wrong, expired or revoked",
  archived: "unarchive the repository on GitHub: it is read-only",
  conflict: "look at the commit on GitHub: it takes 1000 statuses of one context at most",
};

function outcomeOf(error: GitHostError, { context, sha }: CommitStatus): Sent {
  const which = `The status ${context} of ${sha.slice(0, 7)} could not be set`;
  if (!error.retryable) return refused(`${which}: ${steps[error.code] ?? lowered(error.nextStep)}.`);
  if (error.code !== "rate-limited")
    return later(`${which}: GitHub did not take it just now; it is tried again.`);
  const wait = error.retryAt && Math.max(0, error.retryAt.getTime() - Date.now());
  return later(`${which}: GitHub's limit is reached; it is tried again after it.`, wait);
}

const lowered = (sentence: string) =>
  `${sentence.charAt(0).toLowerCase()}${sentence.slice(1).replace(/\.$/, "")}`;
