import type { Prisma, Transaction } from "../db.ts";
import type { EnvironmentRecord } from "../environments/environment-row.ts";
import type { Report } from "../protocol/report.ts";
import type { EnvironmentState } from "../protocol/state.ts";
import { readPolicy } from "./policy.ts";
import { type Described, raiseAlerts } from "./raise-alerts.ts";
import {
  type AlertMemory,
  advance,
  dueAt,
  fail,
  failuresOf,
  nothingKnown,
  observe,
  type Raised,
} from "./rules.ts";
import { DEFAULT_POLICY } from "./schemas.ts";

/** An environment's row, as far as alerts read it. */
export type Followed = Pick<
  EnvironmentRecord,
  "id" | "alertMemory" | "headRevision" | "comparedRevision" | "suspended" | "summary" | "reason"
>;

/** What to write into the environment's row. */
export type AlertColumns = { alertMemory?: Prisma.InputJsonValue; alertAt: Date | null };

/** No sooner than this is a time looked at again that could not be judged yet. */
const soonestMs = 1000;

/**
 * Raises what a look at an environment raises, in the look's own transaction: first what time alone has raised
 * until `knownUntil`, then what is new at `at`. Costs no statement where nothing is counted and nothing changed.
 */
export async function followEnvironment(
  tx: Transaction,
  look: {
    organizationId: string;
    before: Followed;
    after: Followed;
    state: EnvironmentState;
    episode: { id: string; startedAt: Date } | null;
    report: Report | null;
    at: Date;
    knownUntil: number | null;
    now: Date;
  },
): Promise<AlertColumns> {
  const { organizationId, before, after, state, now } = look;
  const memory = memoryOf(before);
  const { id: environmentId } = before;
  const seen = {
    at: look.at.getTime(),
    environmentId,
    state,
    episode: look.episode && { id: look.episode.id, startedAt: look.episode.startedAt.getTime() },
    headBefore: before.headRevision,
    head: after.headRevision,
    compared: after.comparedRevision,
    byWindow: after.suspended?.by === "window",
    failures: look.report ? failuresOf(look.report, state) : [],
  };
  const same = state === "Unknown" || (state === "Converged" && memory.converged === after.comparedRevision);
  const policy =
    countsNothing(memory) && same
      ? DEFAULT_POLICY
      : (await readPolicy(tx, organizationId, environmentId)).policy;
  const past =
    look.knownUntil === null
      ? { memory, alerts: [] }
      : advance(memory, policy, environmentId, look.knownUntil);
  const step = observe(past.memory, policy, seen);
  const described = (was: Described) => (alert: Raised) => ({ alert, was });
  await raiseAlerts(tx, {
    organizationId,
    environmentId,
    now,
    alerts: [...past.alerts.map(described(before)), ...step.alerts.map(described(after))],
  });
  return columnsOf(look, memory, step.memory, dueAt(step.memory, policy));
}

/** Raises what time alone has raised, and says when to look again: for the clock. */
export async function advanceAlerts(
  tx: Transaction,
  look: { organizationId: string; environment: Followed; knownUntil: number | null; now: Date },
): Promise<AlertColumns> {
  const { organizationId, environment, now } = look;
  const memory = memoryOf(environment);
  if (countsNothing(memory)) return { alertAt: null };
  const { policy } = await readPolicy(tx, organizationId, environment.id);
  const until = look.knownUntil;
  const step = until === null ? { memory, alerts: [] } : advance(memory, policy, environment.id, until);
  await raiseAlerts(tx, {
    organizationId,
    environmentId: environment.id,
    now,
    alerts: step.alerts.map((alert) => ({ alert, was: environment })),
  });
  return columnsOf(look, memory, step.memory, dueAt(step.memory, policy));
}

/** Of a report's syncs, those that failed and are told for the first time: ask before they are written down. */
export async function unheardFailures(
  tx: Transaction,
  { organizationId, environmentId }: { organizationId: string; environmentId: string },
  syncs: Report["syncs"],
): Promise<Report["syncs"]> {
  const failed = syncs.filter(({ outcome }) => outcome === "failed" || outcome === "refused");
  if (failed.length === 0) return [];
  const known = await tx.sync.findMany({
    where: { organizationId, environmentId, id: { in: failed.map(({ id }) => id) } },
    select: { id: true },
  });
  return failed.filter(({ id }) => !known.some((one) => one.id === id));
}

/** Raises failed syncs of a report whose state was not taken. */
export async function noteFailures(
  tx: Transaction,
  call: { organizationId: string; environment: Followed; failures: Report["syncs"]; now: Date },
): Promise<void> {
  const { organizationId, environment, failures, now } = call;
  if (failures.length === 0) return;
  const at = Math.min(now.getTime(), ...failures.map(({ finishedAt }) => Date.parse(finishedAt)));
  const said = failuresOf({ problem: null, head: null, syncs: failures }, "Unknown");
  const step = fail(memoryOf(environment), environment.id, at, said);
  const alerts = step.alerts.map((alert) => ({ alert, was: environment }));
  await raiseAlerts(tx, { organizationId, environmentId: environment.id, now, alerts });
  await tx.environment.update({
    where: { organizationId_id: { organizationId, id: environment.id } },
    data: { alertMemory: step.memory as unknown as Prisma.InputJsonObject },
  });
}

const countsNothing = ({ stretch, settling, suspended }: AlertMemory) => !stretch && !settling && !suspended;

const memoryOf = ({ alertMemory }: Followed): AlertMemory => ({ ...nothingKnown, ...alertMemory });

function columnsOf(
  { knownUntil, now }: { knownUntil: number | null; now: Date },
  before: AlertMemory,
  after: AlertMemory,
  due: number | null,
): AlertColumns {
  // Times are the agent's; the clock that will look is ours.
  const wait = due === null ? null : Math.max(soonestMs, due - (knownUntil ?? now.getTime()));
  const alertAt = wait === null ? null : new Date(now.getTime() + wait);
  const changed = JSON.stringify(before) !== JSON.stringify(after);
  return { alertAt, ...(changed ? { alertMemory: after as unknown as Prisma.InputJsonObject } : {}) };
}
