import { z } from "zod";

/** Whether one object is what Git says. `Extra`: in the inventory, no longer desired. */
export const SyncStatus = z.enum(["Synced", "Modified", "Missing", "Extra", "Unknown"]);
export type SyncStatus = z.infer<typeof SyncStatus>;

/** Whether one object works. `Unknown`: no rule knows its kind, which is never the same as healthy. */
export const HealthStatus = z.enum(["Healthy", "Progressing", "Degraded", "Suspended", "Missing", "Unknown"]);
export type HealthStatus = z.infer<typeof HealthStatus>;

export const EnvironmentState = z.enum(["Unknown", "Suspended", "Converged", "Converging", "Diverged"]);
export type EnvironmentState = z.infer<typeof EnvironmentState>;

/** Why an environment is diverged. `pending`: Git moved; `drift`: the cluster moved. */
export const Cause = z.enum(["failed", "drift", "pending", "unhealthy"]);
export type Cause = z.infer<typeof Cause>;

/** The stage of a reconcile that went wrong. */
export const Stage = z.enum(["declare", "fetch", "render", "compare", "validate", "apply", "prune", "wait"]);
export type Stage = z.infer<typeof Stage>;

/** How many objects are in each sync and health status, and how many differ for each cause. */
export const Counts = z.object({
  sync: z.partialRecord(SyncStatus, z.number().int().nonnegative()),
  health: z.partialRecord(HealthStatus, z.number().int().nonnegative()),
  cause: z.partialRecord(z.enum(["drift", "pending"]), z.number().int().nonnegative()),
});
export type Counts = z.infer<typeof Counts>;

/** How long objects may be Progressing, or an apply may run, before the environment counts as diverged. */
export const PROGRESS_DEADLINE_MS = 10 * 60_000;
/** An agent silent for this many report intervals is no longer believed. */
export const SILENT_AFTER_INTERVALS = 3;

/** All that an environment's state depends on. Times are milliseconds since the epoch. */
export type EnvironmentFacts = {
  now: number;
  /** When the agent was last heard of; null before its first report. */
  lastSeenAt: number | null;
  reportIntervalMs: number;
  suspended: { reason: string; owner: string; until: number | null } | null;
  /** What keeps desired state from being read, compared or applied, if anything does. */
  problem: { stage: Stage; reason: string; message: string } | null;
  /** Newest commit of the ref, and the commit the objects were compared with. */
  headRevision: string | null;
  comparedRevision: string | null;
  counts: Counts;
  /** Why what differs is not applied yet, if that is so. */
  waiting?: string | null;
  applying: boolean;
  /** Since when an apply has been running or objects have been Progressing, without a pause. */
  movingSince: number | null;
  progressDeadlineMs?: number;
};

export type Verdict = { state: EnvironmentState; causes: Cause[]; reason: string };

const plural = (n: number, word: string) => `${n} ${word}${n === 1 ? "" : "s"}`;

/**
 * The one definition of an environment's state (first match wins), shared by agent, control plane
 * and tests. Pure: the clock is in the facts.
 */
export function environmentState(facts: EnvironmentFacts): Verdict {
  const { counts, problem } = facts;
  const silentAfter = facts.reportIntervalMs * SILENT_AFTER_INTERVALS;
  if (facts.lastSeenAt === null) return unknown("The agent has not reported this environment yet.");
  if (facts.now - facts.lastSeenAt > silentAfter)
    return unknown("The agent is silent; the cluster keeps converging by itself.");
  if (problem && (problem.stage === "fetch" || problem.stage === "declare" || problem.stage === "compare"))
    return unknown(problem.message);
  if (facts.comparedRevision === null && !problem) return unknown("Nothing has been compared yet.");

  if (facts.suspended && (facts.suspended.until === null || facts.suspended.until > facts.now))
    return {
      state: "Suspended",
      causes: [],
      reason: `Suspended by ${facts.suspended.owner}: ${facts.suspended.reason}`,
    };

  const differing = (counts.sync.Modified ?? 0) + (counts.sync.Missing ?? 0) + (counts.sync.Extra ?? 0);
  const unreadable = counts.sync.Unknown ?? 0;
  const progressing = counts.health.Progressing ?? 0;
  const unhealthy = (counts.health.Degraded ?? 0) + (counts.health.Missing ?? 0);
  const behind = facts.headRevision !== null && facts.headRevision !== facts.comparedRevision;

  if (!problem && !behind && differing === 0 && unreadable === 0 && progressing === 0 && unhealthy === 0)
    return { state: "Converged", causes: [], reason: "Every object is what Git says." };
  if (!problem && !behind && differing === 0 && unreadable > 0 && unhealthy === 0)
    return unknown(`${plural(unreadable, "object")} could not be read or compared.`);

  const deadline = facts.progressDeadlineMs ?? PROGRESS_DEADLINE_MS;
  const inTime = facts.movingSince !== null && facts.now - facts.movingSince <= deadline;
  if (!problem && inTime && (facts.applying || (progressing > 0 && differing === 0 && unhealthy === 0)))
    return {
      state: "Converging",
      causes: [],
      reason: facts.applying ? "An apply is running." : `Waiting for ${plural(progressing, "object")}.`,
    };

  const drift = counts.cause.drift ?? 0;
  const causes: Cause[] = [];
  if (problem) causes.push("failed");
  if (drift > 0) causes.push("drift");
  if (behind || differing > drift) causes.push("pending");
  if (unhealthy > 0 || (progressing > 0 && differing === 0)) causes.push("unhealthy");
  if (causes.length === 0) causes.push("unhealthy");
  return {
    state: "Diverged",
    causes,
    reason:
      problem?.message ??
      (differing > 0 || behind ? facts.waiting : null) ??
      (differing > 0
        ? `${plural(differing, "object")} ${differing === 1 ? "is" : "are"} not what Git says.`
        : behind
          ? "Git has moved and the cluster has not."
          : `${plural(unhealthy || progressing, "object")} ${unhealthy + progressing === 1 ? "is" : "are"} not healthy.`),
  };
}

function unknown(reason: string): Verdict {
  return { state: "Unknown", causes: [], reason };
}
