import { objectKey, type ResourceStatus } from "../lib/protocol/object.ts";
import type { Sync } from "../lib/protocol/report.ts";
import { nameOf } from "./cluster/index.ts";
import type { Environment } from "./environment.ts";
import type { OpenSync } from "./memory.ts";
import type { Plan } from "./plan.ts";
import { clip } from "./report/shrink.ts";

/** How many objects a sentence names. */
const MOST_NAMED = 3;

/**
 * Queues a report with the given ended syncs and with every open one that has ended by now. What is still
 * waited for is on disk when this returns.
 */
export function tell(environment: Environment, ended: Sync[] = []): void {
  const { memory } = environment;
  const syncs = [...ended, ...settle(environment)];
  environment.publish(syncs);
  if (ended.length > 0) memory.nameTaken();
  if (syncs.length > 0 || memory.is.open.length > 0) memory.flush();
}

/**
 * Closes what has been waited for: succeeded once nothing of it is in the way, failed at the progress
 * deadline, naming what was. Whatever this answers must be in the queue before anything else happens.
 */
export function settle(environment: Environment): Sync[] {
  const { memory, parts } = environment;
  // After a restart nothing can be said before the first look has ended.
  if (memory.is.open.length === 0 || !environment.looked) return [];
  const now = parts.now();
  return close(environment, (open) => {
    const held = environment.desired ? inTheWay(environment, open) : null;
    if (held?.length === 0) return ended(open, "succeeded", now);
    if (now.getTime() < Date.parse(open.deadline)) return null;
    const message = held
      ? heldUp(held)
      : "Whether its objects are healthy could not be told before the progress deadline.";
    return { ...ended(open, "failed", now), message: clip(environment.mask.text(message), 4000) };
  });
}

/**
 * Closes what a plan replaces: a whole revision replaces all that is waited for, and putting an object back
 * replaces an earlier putting back of it, but never the revision that it belongs to.
 */
export function supersede(environment: Environment, plan: Plan): Sync[] {
  const { commit } = environment.desired ?? {};
  const keys = new Set(plan.healing.map(({ ref }) => objectKey(ref)));
  return close(environment, (open) => {
    const replaced = plan.prune || (!open.whole && open.objects.some(({ ref }) => keys.has(objectKey(ref))));
    if (!replaced) return null;
    const by = !plan.prune
      ? "An object was changed and put back again before it was healthy."
      : commit?.revision === open.revision
        ? "It was applied again before every object was healthy."
        : `Commit ${commit?.revision.slice(0, 7)} came before every object was healthy.`;
    return { ...ended(open, "superseded", environment.parts.now()), message: by };
  });
}

/** When the next open sync ends, come what may; null where none is open. */
export function nextDeadline(environment: Environment): number | null {
  const deadlines = environment.memory.is.open.map(({ deadline }) => Date.parse(deadline));
  return deadlines.length > 0 ? Math.min(...deadlines) : null;
}

function close(environment: Environment, end: (open: OpenSync) => Sync | null): Sync[] {
  const { memory, parts } = environment;
  const syncs: Sync[] = [];
  memory.is.open = memory.is.open.filter((open) => {
    const sync = end(open);
    if (!sync) return true;
    syncs.push(sync);
    const { outcome, trigger, revision, message } = sync;
    parts.log.info({ environment: environment.name, outcome, trigger, revision, message }, "sync settled");
    return false;
  });
  if (syncs.length > 0) memory.touch();
  return syncs;
}

function ended(open: OpenSync, outcome: Sync["outcome"], at: Date): Sync {
  const { deadline: _, whole: __, ...sync } = open;
  return { ...sync, outcome, finishedAt: at.toISOString() };
}

/** The objects that keep a sync from having succeeded. Health that no rule knows is not in the way. */
function inTheWay(environment: Environment, open: OpenSync): ResourceStatus[] {
  const { desired, resources } = environment;
  const actions = new Map(open.objects.map(({ ref, action }) => [objectKey(ref), action]));
  // Of another revision's objects only the health says anything about this one.
  const current =
    desired?.commit.revision === open.revision && desired.renderedDigest === open.renderedDigest;
  return resources.filter(({ ref, sync, health }) => {
    const action = actions.get(objectKey(ref));
    if (action === undefined || action === "skipped" || action === "failed") return false;
    if (sync === "Extra") return action === "pruned";
    if (current && sync !== "Synced") return true;
    return health === "Progressing" || health === "Degraded" || health === "Missing";
  });
}

function heldUp(held: ResourceStatus[]): string {
  const named = held.slice(0, MOST_NAMED).map((status) => `${nameOf(status.ref)}: ${sentenceOf(status)}`);
  const more = held.length > named.length ? ` And ${held.length - named.length} more.` : "";
  return `Not healthy within the progress deadline. ${named.join(" ")}${more}`;
}

function sentenceOf({ sync, syncReason, health, healthReason }: ResourceStatus): string {
  if (sync === "Extra") return "It is being deleted and is still there.";
  const unhealthy = health === "Progressing" || health === "Degraded" || health === "Missing";
  if (unhealthy) return stopped(healthReason ?? `Its health is ${health}.`);
  return stopped(syncReason ?? "It is not what Git says.");
}

const stopped = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`);
