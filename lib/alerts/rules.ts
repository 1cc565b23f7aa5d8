import type { EnvironmentState, Stage } from "../protocol/state.ts";
import type { AlertPolicy } from "./schemas.ts";

/**
 * One stretch of not being converged, as alerts count it: it begins with an episode and ends once nothing has
 * differed for the settle window, so that a flap neither ends it nor begins another.
 */
type Stretch = {
  /** The first episode's id. */
  id: string;
  start: number;
  /** What the next alert is counted from: the start, the alert before, or the end of a suspension. */
  from: number;
  /** Ordinal of the last alert; -1 before the first. */
  told: number;
};

/** What alerts remember of an environment between two looks. Times are milliseconds since the epoch. */
export type AlertMemory = {
  /** What was last known; an environment that becomes Unknown keeps it. */
  known: "differing" | "converged" | "suspended" | null;
  stretch: Stretch | null;
  /** Converged and not told yet; `running` while it is known to be so. */
  settling: { since: number; revision: string | null; running: boolean } | null;
  /** The revision last told, or seen at the first look. */
  converged: string | null;
  suspended: { since: number; told: boolean } | null;
  /** Reasons of failure told in this stretch. */
  failed: string[];
};

/** What is so at one instant. */
export type Look = {
  at: number;
  environmentId: string;
  state: EnvironmentState;
  /** The open episode. */
  episode: { id: string; startedAt: number } | null;
  headBefore: string | null;
  head: string | null;
  compared: string | null;
  /** Suspended by a declared window: it was planned, and ends by itself. */
  byWindow: boolean;
  failures: Failure[];
};
export type Failure = { reason: string; message: string; revision: string | null };

/** One alert to raise; `key` says what "once" means for it. */
export type Raised = {
  key: string;
  kind: "change-committed" | "diff" | "converged" | "failed" | "suspended-too-long";
  at: number;
  since: number | null;
  episode: string | null;
  ordinal: number;
  revision: string | null;
  /** What went wrong, of a failure. */
  message: string | null;
};

type Step = { memory: AlertMemory; alerts: Raised[] };

const rememberedFailures = 50;
const failingStages: Stage[] = ["render", "validate", "apply", "prune", "wait"];

/** Before the first look. */
export const nothingKnown: AlertMemory = {
  known: null,
  stretch: null,
  settling: null,
  converged: null,
  suspended: null,
  failed: [],
};

/** When time alone may raise the next alert, in milliseconds since the epoch; null where it cannot. */
export function dueAt(memory: AlertMemory, policy: AlertPolicy): number | null {
  const { known, stretch, settling, suspended } = memory;
  if (known === "differing" && stretch) {
    const wait = stretch.told < 0 ? policy.diffAlertAfterMs : policy.remindEveryMs;
    return wait === null ? null : stretch.from + wait;
  }
  if (known === "converged" && settling?.running) return settling.since + policy.settleMs;
  if (known === "suspended" && suspended && !suspended.told)
    return suspended.since + policy.suspendedTooLongMs;
  return null;
}

/**
 * Raises what time alone has raised until an instant, with the instants at which it was due: the same however
 * often it is called. Of reminders that nobody was there to send, only the newest is told.
 */
export function advance(
  memory: AlertMemory,
  policy: AlertPolicy,
  environmentId: string,
  until: number,
): Step {
  const due = dueAt(memory, policy);
  if (due === null || due > until) return { memory, alerts: [] };
  const { known, stretch, settling } = memory;
  if (known === "suspended") {
    const since = memory.suspended!.since;
    const key = `suspended-too-long:${environmentId}:${since}`;
    const alert = { ...blank, kind: "suspended-too-long" as const, key, at: due, since };
    return { memory: { ...memory, suspended: { since, told: true } }, alerts: [alert] };
  }
  if (known === "converged") {
    const { revision } = settling!;
    const key = stretch ? `converged:${stretch.id}` : `converged:${environmentId}:${revision}`;
    const alert = { ...blank, kind: "converged" as const, key, at: due, revision, ...of(stretch) };
    const settled = { ...memory, stretch: null, settling: null, converged: revision, failed: [] };
    return { memory: settled, alerts: [alert] };
  }
  const { told, from } = stretch!;
  const every = policy.remindEveryMs;
  const at = told < 0 ? due : from + Math.floor((until - from) / every!) * every!;
  const ordinal = told + 1;
  const key = `diff:${stretch!.id}:${ordinal}`;
  const alert = { ...blank, kind: "diff" as const, key, at, ordinal, ...of(stretch) };
  const after = advance(
    { ...memory, stretch: { ...stretch!, from: at, told: ordinal } },
    policy,
    environmentId,
    until,
  );
  return { memory: after.memory, alerts: [alert, ...after.alerts] };
}

/** Takes a look in: what it changes at once, and what time will be counted from. */
export function observe(before: AlertMemory, policy: AlertPolicy, look: Look): Step {
  const memory = become(before, policy, look);
  const alerts: Raised[] = [];
  const { environmentId, at, head, headBefore } = look;
  if (head !== null && headBefore !== null && head !== headBefore)
    alerts.push({
      ...blank,
      kind: "change-committed",
      key: `change-committed:${environmentId}:${head}`,
      at,
      revision: head,
      episode: memory.stretch?.id ?? null,
    });
  const failing = fail(memory, environmentId, at, look.failures);
  return { memory: failing.memory, alerts: [...alerts, ...failing.alerts] };
}

/** Takes failures in by themselves: each reason is told once in a stretch. */
export function fail(memory: AlertMemory, environmentId: string, at: number, failures: Failure[]): Step {
  const failed = [...memory.failed];
  const alerts: Raised[] = [];
  for (const { reason, message, revision } of failures) {
    if (failed.includes(reason)) continue;
    failed.push(reason);
    const key = `failed:${memory.stretch?.id ?? `${environmentId}:${revision}`}:${reason}`;
    alerts.push({ ...blank, kind: "failed", key, at, revision, message, ...of(memory.stretch) });
  }
  return { memory: { ...memory, failed: failed.slice(-rememberedFailures) }, alerts };
}

function become(memory: AlertMemory, policy: AlertPolicy, look: Look): AlertMemory {
  const { at, state, compared } = look;
  const paused = memory.settling && { ...memory.settling, running: false };
  if (state === "Unknown") return { ...memory, settling: paused };
  if (state === "Suspended") {
    const suspended = look.byWindow ? null : (memory.suspended ?? { since: at, told: false });
    return { ...memory, known: "suspended", suspended, settling: paused };
  }
  // While it was suspended nothing was asked of it: its time begins with the resumption.
  const resumed = memory.known === "suspended";
  const stretch = memory.stretch && {
    ...memory.stretch,
    from: resumed ? Math.max(at, memory.stretch.from) : memory.stretch.from,
  };
  const base = { ...memory, stretch, suspended: null };
  if (state === "Converged") {
    const known = "converged" as const;
    if (!stretch && memory.converged === null) return { ...base, known, converged: compared, settling: null };
    if (!stretch && memory.converged === compared) return { ...base, known, settling: null };
    const { settling } = memory;
    const goesOn = settling?.running && settling.revision === compared;
    const since = goesOn ? Math.min(settling.since, at) : at;
    return { ...base, known, settling: { since, revision: compared, running: true } };
  }
  const known = "differing" as const;
  // Converged, then unknown for longer than it takes to settle: whatever differs now is something else.
  const ended = memory.settling && !memory.settling.running && at - memory.settling.since >= policy.settleMs;
  if (stretch && !ended) {
    // After a flap nothing is due before it: what was waited for may have passed while nothing differed.
    const wait = stretch.told < 0 ? policy.diffAlertAfterMs : policy.remindEveryMs;
    const from =
      memory.known === "converged" && wait !== null ? Math.max(stretch.from, at - wait) : stretch.from;
    return { ...base, known, stretch: { ...stretch, from }, settling: null };
  }
  const { episode } = look;
  if (!episode) return { ...base, known, stretch: null, settling: null };
  const { id, startedAt: start } = episode;
  return { ...base, known, stretch: { id, start, from: start, told: -1 }, settling: null, failed: [] };
}

const blank = { since: null, episode: null, ordinal: 0, revision: null, message: null };
const of = (stretch: Stretch | null) => ({ episode: stretch?.id ?? null, since: stretch?.start ?? null });

type Said = {
  problem: { stage: Stage; reason: string; message: string } | null;
  head: { revision: string } | null;
  syncs: { outcome: string; revision: string; message?: string | undefined }[];
};

/**
 * What a report says has failed. A problem speaks for the syncs that it made fail; a sync that failed without
 * one, such as at the progress deadline, speaks for itself.
 */
export function failuresOf(report: Said, state: EnvironmentState): Failure[] {
  const { problem, head, syncs } = report;
  if (problem && failingStages.includes(problem.stage) && state === "Diverged")
    return [{ reason: problem.reason, message: problem.message, revision: head?.revision ?? null }];
  return syncs
    .filter(({ outcome }) => outcome === "failed" || outcome === "refused")
    .map(({ outcome, revision, message }) => ({
      reason: outcome === "failed" ? "SyncFailed" : "SyncRefused",
      message:
        message ?? `The sync of ${revision.slice(0, 7)} ${outcome === "failed" ? "failed" : "was refused"}.`,
      revision,
    }));
}

type Heard = {
  now: number;
  /** The last report's own time, and when it came. */
  observedAt: number | null;
  reportedAt: number | null;
  /** Since when this process has been listening without a pause. */
  listeningSince: number;
  silentAfterMs: number;
};

/**
 * Until when it is known how the environment is, by the agent's clock: what it has seen since its last report it
 * would have told, unless it is silent, or we have only just begun to listen and it still has old reports to tell.
 */
export function knownUntil({
  now,
  observedAt,
  reportedAt,
  listeningSince,
  silentAfterMs,
}: Heard): number | null {
  if (observedAt === null || reportedAt === null) return null;
  if (reportedAt < listeningSince) return observedAt;
  return observedAt + Math.min(silentAfterMs, Math.max(0, now - reportedAt));
}
