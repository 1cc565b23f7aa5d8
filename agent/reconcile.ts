import { objectKey } from "../lib/protocol/object.ts";
import type { SyncTrigger } from "../lib/protocol/report.ts";
import { converge } from "./converge.ts";
import type { Find } from "./dependencies.ts";
import { learnNewKinds, prepareComparison, readDesiredState } from "./desired-state.ts";
import type { Environment } from "./environment.ts";
import { StageError } from "./errors.ts";
import { planOf } from "./plan.ts";
import { supersede, tell } from "./settle.ts";
import { noticed, observedSync } from "./sync-record.ts";

/** Why an environment is looked at; `fetch` is false where Git need not be asked. */
export type Request = {
  trigger: SyncTrigger;
  fetch: boolean;
  /** What Git was asked after this instant (of `performance.now()`) is new enough. */
  since?: number;
};

/**
 * The whole story of one environment: fetch and render what Git asks for, compare it with the cluster, apply
 * and prune where told to, wait, report. Waiting blocks nothing: an applied sync stays open, and every later
 * look settles it (`tell`). A desired state that cannot be read leaves the last good one in force: the cluster
 * is still compared with it, and still brought back to it.
 */
export async function reconcile(environment: Environment, request: Request, find: Find): Promise<void> {
  if (request.fetch || !environment.desired)
    await attempt(environment, "read", () => read(environment, request.since));
  await attempt(environment, "apply", () => act(environment, request.trigger, find));
  environment.applying = false;
  environment.looked = true;
  environment.compare();
  tell(environment);
}

async function act(environment: Environment, trigger: SyncTrigger, find: Find): Promise<void> {
  const { desired, parts } = environment;
  if (!desired) return;
  const plan = planOf(environment, trigger, environment.compare(), find);
  if (!plan) {
    const observed = observedSync(environment, trigger);
    return tell(environment, observed ? [observed] : []);
  }
  // A new revision is on its way at once; a hand edit is told first, with who and when.
  environment.applying = plan.prune;
  if (environment.applying) environment.compare();
  tell(environment, supersede(environment, plan));

  const { ended, problem } = await converge(environment, plan);
  if (problem) environment.failed("apply", problem, "apply");
  environment.applying = false;
  environment.compare();
  // Nothing is awaited between what is remembered of a sync and its record: no kill finds one without the other.
  tell(environment, ended ? [ended] : []);
  if (await learnNewKinds(parts, desired)) environment.recompare();
}

/** Whatever a stage throws is caught here and nowhere else, and becomes the environment's problem. */
async function attempt(
  environment: Environment,
  part: "read" | "apply",
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    environment.failed(part, error, part === "read" ? "fetch" : "apply");
  }
}

/** Fetch and render, where the ref or the declaration has moved; throws StageError. */
async function read(environment: Environment, since: number | undefined): Promise<void> {
  const { parts, declaration, desired } = environment;
  try {
    const revision = await parts.source.head(declaration.repository, undefined, since);
    noticed(environment, revision);
    const moved = desired?.commit.revision !== revision || environment.redeclared || desired.unknownKinds > 0;
    // What this revision lacks, no second try will find; the problem stands as it is.
    if (moved && environment.stuckAt !== revision) await adopt(environment, revision);
    else if (moved) return;
    else if (await learnNewKinds(parts, desired)) environment.recompare();
    environment.solved("read");
    environment.stuckAt = null;
  } catch (error) {
    if (error instanceof StageError && error.stage === "render" && error.next === "stalled")
      environment.stuckAt = environment.head?.revision ?? null;
    environment.keepOnlyOwn();
    await fallBack(environment);
    throw error;
  }
}

async function adopt(environment: Environment, revision: string): Promise<void> {
  const { parts, declaration, mask, memory } = environment;
  const desired = await readDesiredState(parts, declaration, mask, revision, (commit) => {
    environment.head = commit;
  });
  const lost = memory.is.recordedRevision === null && memory.is.inventory.length === 0;
  if (declaration.mode === "sync" && (lost || memory.is.unread.length > 0)) await findInventory(environment);
  await prepareComparison(parts, environment.name, desired, memory.is.inventory);
  environment.adopt(desired);
}

/** Finds in the cluster what was applied once; what cannot be read now is looked for with the next revision. */
async function findInventory({ parts, memory, name }: Environment): Promise<void> {
  const { refs, unread } = await parts.findInventory(name);
  const known = new Map([...memory.is.inventory, ...refs].map((ref) => [objectKey(ref), ref]));
  memory.is.inventory = [...known.values()];
  memory.is.unread = unread;
  memory.touch();
  if (unread.length > 0)
    parts.log.warn(
      { environment: name, unread },
      "not all kinds could be searched for what was applied once",
    );
}

/** After a restart, with a ref that cannot be read: the revision compared last is still in the cache. */
async function fallBack(environment: Environment): Promise<void> {
  const { parts, declaration, mask, memory, desired } = environment;
  const revision = memory.is.comparedRevision;
  if (desired || !revision) return;
  try {
    const last = await readDesiredState(parts, declaration, mask, revision, (commit) => {
      environment.head ??= commit;
    });
    await prepareComparison(parts, environment.name, last, memory.is.inventory);
    environment.adopt(last);
  } catch (error) {
    parts.log.debug({ environment: environment.name, error }, "the last good revision cannot be read either");
  }
}
