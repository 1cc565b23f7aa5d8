import type { SyncTrigger } from "../lib/protocol/report.ts";
import { openAlarm } from "./alarm.ts";
import type { Declaration } from "./declaration.ts";
import { type Find, hasConverged } from "./dependencies.ts";
import { Environment } from "./environment.ts";
import { type Gate, openLane } from "./lane.ts";
import type { Parts } from "./parts.ts";
import { hasDrift } from "./plan.ts";
import { type Request, reconcile } from "./reconcile.ts";
import { nextDeadline, tell } from "./settle.ts";

/** How old, as a share of its interval, an answer of Git may be for an environment whose turn it is. */
const SHARED_LOOK = 0.2;
/** A burst of watch events becomes one comparison. */
const GATHER_MS = 50;
/** The same while environments wait for their turn: what comes in crowds costs least when it is judged once. */
const GATHER_CROWDED_MS = 500;
/** While a set is applied its objects move because of that, and how far it has come is told so often. */
const GATHER_APPLYING_MS = 1000;

/** One environment that is looked at by its interval, by what is asked, by watch events, and when time says so. */
export type Followed = ReturnType<typeof followEnvironment>;

/** What a followed environment needs of the others. */
export type Others = {
  gate: Gate;
  find: Find;
  /** Hears each time it has been looked at, and whether it has newly converged by that. */
  looked: (environment: Environment, converged: boolean) => void;
};

/** Looks at an environment at once, and from then on whenever there is a reason to, until stopped. */
export function followEnvironment(parts: Parts, declaration: Declaration, others: Others) {
  const environment = new Environment(parts, declaration);
  let convergedAt: string | null = null;
  let pause = JSON.stringify(environment.paused.pause);

  const alarm = openAlarm(() => {
    notePause();
    comparisons.request(null);
  });
  const looked = () => {
    const ends = [nextDeadline(environment), environment.paused.changesAt, environment.fights.nextAt(now())];
    const next = Math.min(...ends.map((end) => end ?? Number.POSITIVE_INFINITY));
    alarm.set(Number.isFinite(next) ? next : null);
    const before = convergedAt;
    convergedAt = hasConverged(environment) ? (environment.memory.is.followed?.looked ?? null) : null;
    others.looked(environment, convergedAt !== null && convergedAt !== before);
  };
  const looks = openLane<Request>({
    run: (what) => reconcile(environment, what, others.find).finally(looked),
    merge: mergeRequests,
    gate: others.gate,
  });
  const request = (what: Request) => {
    if (what.fetch) environment.askedAt = performance.now();
    looks.request(what);
  };
  const comparisons = openLane<null>({
    run: () => {
      // The first look begins at once, and tells what there is to tell.
      if (!environment.looked && !environment.desired) return;
      environment.compare();
      tell(environment);
      looked();
      // The hand edit is in the queue now, with who and when; only then is it undone.
      if (hasDrift(environment)) request({ trigger: "drift", fetch: false });
    },
    merge: () => null,
    pauseMs: () => {
      if (environment.applying) return GATHER_APPLYING_MS;
      return others.gate.load().waiting > 0 ? GATHER_CROWDED_MS : GATHER_MS;
    },
  });

  environment.heard = () => comparisons.request(null);

  const now = () => parts.now().getTime();
  /** Whether applies may go on that were paused when this was asked last. */
  const resumed = (): boolean => {
    const before = pause;
    pause = JSON.stringify(environment.paused.pause);
    if (pause !== before) comparisons.request(null);
    return before !== "null" && pause === "null";
  };
  const notePause = () => {
    if (resumed()) request({ trigger: "resume", fetch: true, since: performance.now() });
  };
  const forgetSuspensions = parts.suspensions.onChange(notePause);

  const tick = () => {
    // What another environment of the repository has just asked need not be asked again.
    const since = performance.now() - environment.declaration.interval * SHARED_LOOK;
    request({ trigger: resumed() ? "resume" : "commit", fetch: true, since });
    timer = setTimeout(tick, environment.declaration.interval * (0.8 + Math.random() * 0.2));
  };
  let timer = setTimeout(tick, declaration.interval * (0.5 + Math.random() * 0.5));
  request({ trigger: "start", fetch: true, since: performance.now() });

  return {
    environment,
    request,
    compareSoon: () => comparisons.request(null),
    /** The declaration is another one. */
    redeclare(next: Declaration): void {
      environment.redeclare(next);
      const trigger = resumed() ? "resume" : "declaration";
      request({ trigger, fetch: true, since: performance.now() });
    },
    async stop(): Promise<void> {
      clearTimeout(timer);
      alarm.stop();
      forgetSuspensions();
      environment.events.stop();
      await Promise.all([looks.stop(), comparisons.stop()]);
      environment.memory.flush();
    },
  };
}

/** The trigger that says more wins: a first look is a first look, a person's wish is a person's wish. */
const weight: Record<SyncTrigger, number> = {
  start: 6,
  declaration: 5,
  resume: 4,
  hint: 3,
  commit: 2,
  drift: 1,
  retry: 0,
};

/** Makes one request of two that came during one run. */
export function mergeRequests(earlier: Request, later: Request): Request {
  const trigger = weight[later.trigger] > weight[earlier.trigger] ? later.trigger : earlier.trigger;
  const since = [earlier, later].flatMap((one) => (one.fetch ? [one.since ?? Number.POSITIVE_INFINITY] : []));
  const newest = Math.max(...since);
  return {
    trigger,
    fetch: since.length > 0,
    ...(Number.isFinite(newest) && { since: newest }),
  };
}
