import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Suspension, Suspensions } from "../../lib/protocol/hint.ts";
import { writeDurably } from "../durable-file.ts";

/** What people have suspended in the dashboard: kept on disk, so that it holds with the control plane away. */
export type PeoplesSuspensions = ReturnType<typeof openSuspensions>;

/** Opens what was kept; what cannot be read counts as nothing, and the control plane tells it again. */
export function openSuspensions(dataDir: string) {
  const file = join(dataDir, "suspensions.json");
  let all = new Map<string, Suspension>();
  const listeners = new Set<() => void>();
  const take = (set: Suspensions) => {
    all = new Map(set.suspensions.map((one) => [one.environment, one]));
  };
  try {
    take(Suspensions.parse(JSON.parse(readFileSync(file, "utf8"))));
  } catch {
    // There is none yet.
  }
  return {
    /** The whole set, as the control plane has it now: one that is missing in it is lifted. */
    replace(set: Suspensions): void {
      const before = JSON.stringify([...all.values()]);
      take(set);
      if (JSON.stringify([...all.values()]) === before) return;
      try {
        writeDurably(file, JSON.stringify({ suspensions: [...all.values()] }), { flush: true });
      } catch {
        // A full disk: it holds for as long as this process runs, and is told again to the next.
      }
      for (const listener of listeners) listener();
    },
    /** An environment's, whether or not it has ended. */
    of: (environment: string): Suspension | undefined => all.get(environment),
    onChange(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
