import type { SyncTrigger } from "../lib/protocol/report.ts";
import { converge } from "./converge.ts";
import type { Find } from "./dependencies.ts";
import { learnNewKinds } from "./desired-state.ts";
import type { Environment } from "./environment.ts";
import { planOf } from "./plan.ts";
import { read } from "./read.ts";
import { supersede, tell } from "./settle.ts";
import { observedSync } from "./sync-record.ts";

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
  if (ended) tell(environment, [ended]);
  // What stays open is told with the end of this look, and is on disk now.
  else environment.memory.flush();
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
