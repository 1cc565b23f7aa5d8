import type { HostState } from "./schemas.ts";

type Merged = {
  mergeRevision: string | null;
  /** The commit on the branch: where a merge is no squash, it is what changed the environment. */
  commitSha: string | null;
  mergedAt: Date | null;
  targetDigest: string | null;
};
type Environment = {
  state: string;
  comparedRevision: string | null;
  renderedDigest: string | null;
  headCommittedAt: Date | null;
};

/** Commit times have whole seconds, and a host's clock may be a little off the merging machine's. */
const clockToleranceMs = 2000;

/** How far a merged rollback has come, or null where its environment has not seen the merge yet. */
export function progressOf(
  pullRequest: Merged,
  environment: Environment,
): { status: "converging" | "converged"; proven: boolean } | null {
  const { mergeRevision, commitSha, mergedAt, targetDigest } = pullRequest;
  const { comparedRevision } = environment;
  const atMerge = comparedRevision !== null && [mergeRevision, commitSha].includes(comparedRevision);
  const beyondMerge =
    mergedAt !== null &&
    environment.headCommittedAt !== null &&
    environment.headCommittedAt.getTime() > mergedAt.getTime() + clockToleranceMs;
  if (!atMerge && !beyondMerge) return null;
  if (environment.state !== "Converged") return { status: "converging", proven: false };
  return {
    status: "converged",
    proven: targetDigest !== null && environment.renderedDigest === targetDigest,
  };
}

/**
 * The branch a rollback is made on: the same one each time it is tried, another one once Git has moved. Two
 * environments of one name, in two clusters, have two.
 */
export function rollbackBranch(asked: {
  environment: { id: string; name: string };
  kind: string;
  toRevision: string;
  fromRevision: string;
  narrow: boolean;
}): string {
  const { environment, kind, toRevision, fromRevision, narrow } = asked;
  const which = `${environment.name}-${environment.id.slice(0, 6)}`;
  return `plumbline/${kind}-${which}-${toRevision.slice(0, 7)}-from-${fromRevision.slice(0, 7)}${narrow ? "-own" : ""}`;
}

/** The branch a pull request goes to, from the ref an environment follows. */
export function baseBranchOf(ref: string): string {
  return ref.replace(/^refs\/heads\//, "");
}

type RollbackFacts = {
  kind: string;
  removed: boolean;
  headRevision: string | null;
  fromRevision: string | null;
  toRevision: string;
  /** Whether the environment was ever seen converged at the target. */
  targetConverged: boolean;
  /** Whether what it rendered to then is what is desired now. */
  sameRendering: boolean;
  pending: { number: number | null } | null;
  connected: boolean;
};

/** Why a rollback cannot be done, each reason a sentence; empty where it can. Asked by preview, request and job alike. */
export function rollbackObstacles(facts: RollbackFacts): string[] {
  const obstacles: string[] = [];
  if (facts.removed) obstacles.push("The environment is no longer declared in its cluster.");
  if (facts.headRevision === null)
    obstacles.push("The newest commit of the environment's branch is not known yet.");
  if (facts.kind !== "revert") {
    if (facts.toRevision === facts.headRevision)
      obstacles.push("This revision is what Git asks for already.");
    else if (facts.sameRendering)
      obstacles.push("What this revision rendered to is what Git asks for already.");
  }
  if (facts.fromRevision !== null && facts.fromRevision !== facts.headRevision)
    obstacles.push("Git has moved since the change was shown; look at it again.");
  if (facts.pending)
    obstacles.push(
      facts.pending.number === null
        ? "Another rollback of this environment is being opened."
        : `Pull request #${facts.pending.number} for this environment is still open; merge or close it first.`,
    );
  if (!facts.connected)
    obstacles.push(
      "Plumbline has no token for this repository; an operator can connect it on the repositories page.",
    );
  return obstacles;
}

/** What is worth knowing before a rollback that can be done. */
export function rollbackCautions(facts: { kind: string; targetConverged: boolean; inputsRecorded: boolean }) {
  const cautions: string[] = [];
  if (facts.kind === "revert") return cautions;
  if (!facts.targetConverged)
    cautions.push(
      "The environment was never seen converged at this revision, so nothing can be proven by it.",
    );
  if (!facts.inputsRecorded)
    cautions.push(
      "What this revision's rendering read was not recorded: the environment's own path is restored, and no file outside of it.",
    );
  return cautions;
}

type Words = { sentence: string; nextStep: string; retryable: boolean };
type Told = {
  number: string;
  environment: string;
  /** When it was so: "at 1a2b3c4", or "before 1a2b3c4" for a revert. */
  target: string;
  branch: string;
  base: string;
  repository: string;
  until: string;
  approvers: string;
};

const words = (sentence: string, nextStep: string, retryable = false): Words => ({
  sentence,
  nextStep,
  retryable,
});

/**
 * Every situation a pull request can be in: what is so, what to do next, and whether Plumbline can be asked to try
 * again. Trying again finds the branch and the pull request of the first try.
 */
const TABLE = {
  opening: ({ environment, target }: Told) =>
    words(
      `The branch that brings ${environment} to what it was ${target} is being written.`,
      "Nothing: this takes seconds.",
    ),
  "rate-limited": ({ until }: Told) =>
    words(
      `GitHub's rate limit is spent until ${until}.`,
      "Nothing: it goes on by itself then. A GitHub App has a larger limit than a person's token.",
      true,
    ),
  unreachable: () =>
    words(
      "GitHub does not answer.",
      "Check githubstatus.com and that this installation may reach GitHub; it is tried again by itself.",
      true,
    ),
  unauthorized: ({ repository }: Told) =>
    words(
      `GitHub refuses the token for ${repository}: it is wrong, expired or revoked.`,
      "Connect the repository again with a valid token, on the repositories page, then try again.",
      true,
    ),
  forbidden: ({ repository }: Told) =>
    words(
      `The token may not do this in ${repository}.`,
      "Give its account write access to contents and pull requests, then try again.",
      true,
    ),
  protected: ({ branch }: Told) =>
    words(
      `The repository's rules refuse the branch ${branch}.`,
      "Let the token's account create branches named plumbline/*, in the repository's rules, then try again.",
      true,
    ),
  archived: ({ repository }: Told) =>
    words(
      `${repository} is archived, so nothing can be written to it.`,
      "Unarchive it on GitHub, then try again.",
      true,
    ),
  "repository-gone": ({ repository }: Told) =>
    words(
      `${repository} is not there any more, or the token may not see it.`,
      "Restore or rename it back on GitHub, or connect it with a token that sees it, then try again.",
      true,
    ),
  "base-gone": ({ base }: Told) =>
    words(
      `The branch ${base}, which the environment follows, is not there any more.`,
      "Create it again on GitHub, or declare the environment with another ref; then try again.",
      true,
    ),
  "branch-gone": ({ branch, number }: Told) =>
    words(
      `${number} was closed without a merge, and its branch ${branch} is deleted. Nothing was changed.`,
      "Restore the branch on GitHub and reopen the pull request, or roll back again.",
    ),
  "branch-taken": ({ branch }: Told) =>
    words(
      `The branch ${branch} exists and holds something else.`,
      "Delete that branch on GitHub if nobody needs it, then try again.",
      true,
    ),
  overlapping: ({ base }: Told) =>
    words(
      `Later commits on ${base} changed the same lines, so that this change alone cannot be taken back.`,
      "Roll back to a revision before both changes, or revert it by hand with Git.",
    ),
  "nothing-to-do": ({ target, base }: Told) =>
    words(
      `${base} is as it was ${target} already: there is nothing to restore.`,
      "Nothing, or choose another revision.",
    ),
  moved: () =>
    words("It could not be opened: what it was asked for has changed.", "Look at it again, and ask again."),
  "not-opened": () => words("It could not be opened.", "Try again; what the host said is below.", true),
  open: ({ number }: Told) =>
    words(
      `${number} is open; GitHub is working out whether it can be merged.`,
      "Review it on GitHub, and merge it.",
    ),
  ready: ({ number, approvers }: Told) =>
    words(`${number} can be merged${approvers && `, approved by ${approvers}`}.`, "Merge it on GitHub."),
  "checks-pending": ({ number }: Told) =>
    words(`${number} is open and its checks are running.`, "Wait for the checks, then merge it on GitHub."),
  "checks-failing": ({ number }: Told) =>
    words(
      `A check of ${number} fails.`,
      "Look at the check on GitHub: run it again, or merge without it if the rules allow.",
    ),
  "changes-requested": ({ number }: Told) =>
    words(
      `A reviewer asks for changes in ${number}.`,
      "Settle it with them on GitHub, or close the pull request.",
    ),
  blocked: ({ number, approvers }: Told) =>
    words(
      approvers
        ? `${number} is approved by ${approvers}, and the branch's rules ask for more.`
        : `${number} needs an approval before it can be merged.`,
      "Ask a reviewer to approve it on GitHub.",
    ),
  conflicting: ({ number, base }: Told) =>
    words(
      `${number} conflicts with what ${base} has become.`,
      "Close it and roll back again: that starts from the newest commit. Or resolve the conflict on GitHub.",
    ),
  merged: () => words("Merged; the agent is fetching it.", "Nothing: the agent was told."),
  converging: () => words("The cluster is following the merge.", "Nothing, unless its page says otherwise."),
  converged: ({ environment, target }: Told) =>
    words(
      `${environment} has converged with the merge; that it is what it was ${target} is not proven.`,
      "Compare both on the environment's history page.",
    ),
  proven: ({ environment, target }: Told) =>
    words(
      `${environment} renders byte for byte as it did ${target}, and the cluster is that.`,
      "Nothing is left to do.",
    ),
  closed: ({ number }: Told) =>
    words(
      `${number} was closed without a merge. Nothing was changed.`,
      "Reopen it on GitHub, and it is followed again; or roll back again.",
    ),
} satisfies Record<string, (told: Told) => Words>;

/** A key of the table. */
export type Situation = keyof typeof TABLE;
/** Every situation there is. */
export const SITUATIONS = Object.keys(TABLE) as Situation[];

type Followed = {
  status: string;
  proven: boolean;
  failure: string | null;
  host: HostState | null;
};

/** Where a pull request stands. */
export function situationOf({ status, proven, failure, host }: Followed): Situation {
  if (status === "converged") return proven ? "proven" : "converged";
  if (status === "merged" || status === "converging") return status;
  const failed = SITUATIONS.find((situation) => situation === failure);
  if (status === "closed") return failed === "branch-gone" || failed === "base-gone" ? failed : "closed";
  if (failed) return failed;
  if (status === "failed") return "not-opened";
  if (status === "requested") return "opening";
  if (!host) return "open";
  if (host.mergeable === "conflicting") return "conflicting";
  if (host.changesRequestedBy.length > 0) return "changes-requested";
  if (host.checks === "failing") return "checks-failing";
  if (host.checks === "pending") return "checks-pending";
  if (host.mergeable === "blocked") return "blocked";
  return host.mergeable === "clean" ? "ready" : "open";
}

/** What to say of it, and what to do next. */
export function sayingOf(
  situation: Situation,
  about: Omit<Told, "number" | "until" | "approvers"> & {
    number: number | null;
    retryAt: Date | null;
    approvals: string[];
  },
): Words {
  return TABLE[situation]({
    ...about,
    number: about.number === null ? "The pull request" : `#${about.number}`,
    until: about.retryAt ? `${about.retryAt.toISOString().slice(11, 16)} UTC` : "it is reset",
    approvers: about.approvals.join(" and "),
  });
}

/** Which situation a host's refusal puts a pull request in, as far as its code tells. */
export function situationOfRefusal({
  code,
  missing,
}: {
  code: string;
  missing?: string | undefined;
}): Situation {
  if (code === "not-found" && missing === "base") return "base-gone";
  if (code === "unavailable") return "unreachable";
  if (code === "taken") return "branch-taken";
  return SITUATIONS.find((situation) => situation === code) ?? "not-opened";
}

/** Whether a host's refusal may pass by itself. */
export const passesByItself = (situation: Situation) =>
  situation === "rate-limited" || situation === "unreachable";

type Hold = {
  pullRequestMergedAt: Date | null;
  convergedDigest: string | null;
  mergeRevision: string | null;
};

/**
 * Whether what an environment is now ends the hold of a rollback: something newer than the merge is rendered, and it
 * is not what the rollback rendered. Commits that change nothing here do not end it.
 */
export function endsHold(
  hold: Hold,
  now: { comparedRevision: string | null; renderedDigest: string | null; headCommittedAt: Date | null },
): boolean {
  const { pullRequestMergedAt: mergedAt, convergedDigest, mergeRevision } = hold;
  if (!mergedAt || !convergedDigest || !now.renderedDigest || now.comparedRevision === mergeRevision)
    return false;
  const newer = now.headCommittedAt !== null && now.headCommittedAt.getTime() > mergedAt.getTime();
  return newer && now.renderedDigest !== convergedDigest;
}
