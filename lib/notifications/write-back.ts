import { type CommitStatus, type GitHost, GitHostError } from "../git-hosts/index.ts";
import type { Sent } from "./channels/channel.ts";
import { later, refused } from "./channels/outcome.ts";
import type { AlertMessage } from "./message.ts";

const states: Partial<Record<AlertMessage["kind"], CommitStatus["state"]>> = {
  "change-committed": "pending",
  converged: "success",
  diff: "failure",
  failed: "failure",
};

/** What an alert says on its commit; null for one that has no commit or says nothing there. */
export function statusOf(message: AlertMessage): CommitStatus | null {
  const { kind, revision, environment, title, url } = message;
  const state = states[kind];
  if (!state || !revision || !environment) return null;
  return { sha: revision, state, context: `plumbline/${environment}`, description: title, targetUrl: url };
}

/** Writes an alert back to Git as its commit's status, once. */
export async function writeBack(host: GitHost, message: AlertMessage): Promise<Sent> {
  const status = statusOf(message);
  if (!status) return refused("This alert has no commit whose status it could be.");
  try {
    await host.setCommitStatus(status);
    return { ok: true, thread: null };
  } catch (error) {
    if (!(error instanceof GitHostError)) throw error;
    const reason = `${error.message}. ${error.nextStep}`;
    if (!error.retryable) return refused(reason);
    return later(reason, error.retryAt && Math.max(0, error.retryAt.getTime() - Date.now()));
  }
}
