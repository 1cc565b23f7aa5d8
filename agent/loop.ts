import type { Hint } from "../lib/protocol/hint.ts";
import type { SyncTrigger } from "../lib/protocol/report.ts";
import type { Declaration } from "./declaration.ts";
import { dependencyProblem, type Find } from "./dependencies.ts";
import type { Environment } from "./environment.ts";
import type { Declared } from "./environments-file.ts";
import { type Followed, followEnvironment } from "./follow.ts";
import { openGate } from "./lane.ts";
import type { Parts } from "./parts.ts";

/** Reconciles of different environments that run at once. */
const RUNS_AT_ONCE = 24;
/** Git is not asked again, for one that others wait for, within this time. */
const FRESH_MS = 1000;

/** Everything that makes an environment be looked at: the interval, hints, watch events and declarations. */
export type Loop = ReturnType<typeof startLoop>;

/** Starts with no environment; `declare` says which there are. `removed` hears of those that are no more. */
export function startLoop(
  parts: Parts,
  options: { added?: (environment: Environment) => void; removed?: (name: string) => void } = {},
) {
  const running = new Map<string, Followed>();
  const gate = openGate(RUNS_AT_ONCE);
  const find: Find = (name) => running.get(name)?.environment;
  const unwatch = parts.watches.onChange((ref, names) => {
    for (const name of names) {
      const one = running.get(name);
      if (one?.environment.touched(ref)) one.compareSoon();
    }
  });

  /** By name: the environments that wait for it. */
  const dependents = new Map<string, Set<string>>();

  function follow(declaration: Declaration): Followed {
    const one = followEnvironment(parts, declaration, { gate, find, looked });
    options.added?.(one.environment);
    return one;
  }

  function looked({ name, waiting, declaration, memory }: Environment, converged: boolean): void {
    if (converged)
      for (const dependent of dependents.get(name) ?? [])
        running.get(dependent)?.request({ trigger: "commit", fetch: false });
    if (!waiting) return;
    // What it waits for may not have seen yet that Git has moved.
    for (const other of declaration.dependsOn.flatMap((one) => running.get(one) ?? []))
      if (other.environment.memory.is.followed?.looked !== memory.is.followed?.looked)
        other.request({ trigger: "commit", fetch: true, since: performance.now() - FRESH_MS });
  }

  /** What is wrong with each environment's declaration is its problem; with its dependencies, it is not applied. */
  function judgeDeclarations(complaints: ReadonlyMap<string, string>): void {
    const all = new Map([...running].map(([name, { environment }]) => [name, environment.declaration]));
    dependents.clear();
    for (const { name, dependsOn } of all.values())
      for (const other of dependsOn) dependents.set(other, (dependents.get(other) ?? new Set()).add(name));
    for (const [name, { environment, request, compareSoon }] of running) {
      const wasBlocked = environment.blocked !== null;
      environment.blocked = dependencyProblem(environment.declaration, all);
      environment.misdeclared(complaints.get(name) ?? environment.blocked);
      compareSoon();
      if (wasBlocked && !environment.blocked) request({ trigger: "declaration", fetch: false });
    }
  }

  async function forget(name: string, one: Followed): Promise<void> {
    await one.stop();
    parts.watches.follow(name, null);
    one.environment.memory.forget();
    options.removed?.(name);
  }

  return {
    /** Takes over what is declared: new ones start, changed ones are looked at, missing ones are forgotten. */
    async declare({ environments, invalid }: Declared): Promise<void> {
      if (environments === null) {
        for (const { environment, compareSoon } of running.values()) {
          environment.misdeclared(invalid[0]?.message ?? null);
          compareSoon();
        }
        return;
      }
      const complaints = new Map(invalid.map(({ name, message }) => [name, message]));
      for (const declaration of environments) {
        const one = running.get(declaration.name);
        if (!one) running.set(declaration.name, follow(declaration));
        else if (JSON.stringify(one.environment.declaration) !== JSON.stringify(declaration))
          one.redeclare(declaration);
      }
      const declared = new Set([...environments.map(({ name }) => name), ...complaints.keys()]);
      const gone = [...running].filter(([name]) => !declared.has(name));
      for (const [name] of gone) running.delete(name);
      judgeDeclarations(complaints);
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
