type Merged = { mergeRevision: string | null; mergedAt: Date | null; targetDigest: string | null };
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
  const { mergeRevision, mergedAt, targetDigest } = pullRequest;
  const atMerge = mergeRevision !== null && environment.comparedRevision === mergeRevision;
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

/** The branch a rollback is made on: the same one each time it is tried, another one once Git has moved. */
export function rollbackBranch(environment: string, toRevision: string, fromRevision: string): string {
  return `plumbline/rollback-${environment}-${toRevision.slice(0, 7)}-from-${fromRevision.slice(0, 7)}`;
}

/** The branch a pull request goes to, from the ref an environment follows. */
export function baseBranchOf(ref: string): string {
  return ref.replace(/^refs\/heads\//, "");
}

type RollbackFacts = {
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
  if (facts.toRevision === facts.headRevision) obstacles.push("This revision is what Git asks for already.");
  else if (facts.sameRendering)
    obstacles.push("What this revision rendered to is what Git asks for already.");
  if (!facts.targetConverged) obstacles.push("The environment was never seen converged at this revision.");
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
