import type { Hint } from "../lib/protocol/hint.ts";
import type { SyncTrigger } from "../lib/protocol/report.ts";
import { openAlarm } from "./alarm.ts";
import type { Declaration } from "./declaration.ts";
import { Environment } from "./environment.ts";
import type { Declared } from "./environments-file.ts";
import { openGate, openLane } from "./lane.ts";
import type { Parts } from "./parts.ts";
import { hasDrift } from "./plan.ts";
import { type Request, reconcile } from "./reconcile.ts";
import { nextDeadline, tell } from "./settle.ts";

/** Reconciles of different environments that run at once. */
const RUNS_AT_ONCE = 24;
/** How old, as a share of its interval, an answer of Git may be for an environment whose turn it is. */
const SHARED_LOOK = 0.2;
/** A burst of watch events becomes one comparison. */
const GATHER_MS = 50;

/** Everything that makes an environment be looked at: the interval, hints, watch events and declarations. */
export type Loop = ReturnType<typeof startLoop>;

type Running = {
  environment: Environment;
  request: (what: Request) => void;
  compareSoon: () => void;
  stop: () => Promise<void>;
};

/** Starts with no environment; `declare` says which there are. `removed` hears of those that are no more. */
export function startLoop(
  parts: Parts,
  options: { added?: (environment: Environment) => void; removed?: (name: string) => void } = {},
) {
  const running = new Map<string, Running>();
  const gate = openGate(RUNS_AT_ONCE);
  const unwatch = parts.watches.onChange((ref, names) => {
    for (const name of names) {
      const one = running.get(name);
      if (one?.environment.touched(ref)) one.compareSoon();
    }
  });

  function follow(declaration: Declaration): Running {
    const environment = new Environment(parts, declaration);
    const alarm = openAlarm(() => comparisons.request(null));
    const setAlarm = () => alarm.set(nextDeadline(environment));
    const looks = openLane<Request>({
      run: (what) => reconcile(environment, what).finally(setAlarm),
      merge: mergeRequests,
      gate,
    });
    const comparisons = openLane<null>({
      run: () => {
        environment.compare();
        tell(environment);
        setAlarm();
        // The hand edit is in the queue now, with who and when; only then is it undone.
        if (hasDrift(environment)) looks.request({ trigger: "drift", fetch: false });
      },
      merge: () => null,
      pauseMs: GATHER_MS,
    });
    let timer: NodeJS.Timeout;
    let wasSuspended = environment.suspended;
    const tick = () => {
      const trigger: SyncTrigger = wasSuspended && !environment.suspended ? "resume" : "commit";
      wasSuspended = environment.suspended;
      // What another environment of the repository has just asked need not be asked again.
      const since = performance.now() - environment.declaration.interval * SHARED_LOOK;
      looks.request({ trigger, fetch: true, since });
      timer = setTimeout(tick, environment.declaration.interval * (0.8 + Math.random() * 0.2));
    };
    timer = setTimeout(tick, declaration.interval * (0.5 + Math.random() * 0.5));
    options.added?.(environment);
    looks.request({ trigger: "start", fetch: true, since: performance.now() });
    return {
      environment,
      request: looks.request,
      compareSoon: () => comparisons.request(null),
      async stop() {
        clearTimeout(timer);
        alarm.stop();
        await Promise.all([looks.stop(), comparisons.stop()]);
        environment.memory.flush();
      },
    };
  }

  async function forget(name: string, one: Running): Promise<void> {
    running.delete(name);
    await one.stop();
    parts.watches.follow(name, null);
    one.environment.memory.forget();
    options.removed?.(name);
  }

  return {
    /** Takes over what is declared: new ones start, changed ones are looked at, missing ones are forgotten. */
    async declare({ environments, invalid }: Declared): Promise<void> {
      const complaints = new Map(invalid.map(({ name, message }) => [name, message]));
      for (const { environment, compareSoon } of running.values()) {
        const whole = environments === null ? (invalid[0]?.message ?? null) : null;
        environment.misdeclared(whole ?? complaints.get(environment.name) ?? null);
        compareSoon();
      }
      if (environments === null) return;
      for (const declaration of environments) {
        const one = running.get(declaration.name);
        if (!one) running.set(declaration.name, follow(declaration));
        else if (JSON.stringify(one.environment.declaration) !== JSON.stringify(declaration)) {
          one.environment.redeclare(declaration);
          one.request({ trigger: "declaration", fetch: true, since: performance.now() });
        }
      }
      const declared = new Set([...environments.map(({ name }) => name), ...complaints.keys()]);
      const gone = [...running].filter(([name]) => !declared.has(name));
      await Promise.all(gone.map(([name, one]) => forget(name, one)));
    },

    /** "Look now", for one environment or all. */
    hint({ environment, reason }: Hint): void {
      const trigger: SyncTrigger = reason === "person" ? "hint" : "commit";
      const since = performance.now();
      for (const [name, one] of running)
        if (!environment || environment === name) one.request({ trigger, fetch: true, since });
    },

    /** How many looks run, and how many wait for their turn. */
    load: () => gate.load(),

    environments: (): Environment[] => [...running.values()].map(({ environment }) => environment),

    /** Ends after what runs now has ended. */
    async stop(): Promise<void> {
      unwatch();
      await Promise.all([...running.values()].map((one) => one.stop()));
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
