import type { Writes } from "../writes.ts";

/** How the simulated controllers behave. */
export interface ControllerOptions {
  podReadyMs: number;
  progressDeadlineMs: number | undefined;
  log: (line: string) => void;
}

/** Starts every controller; the returned function stops them. */
export function runControllers(_writes: Writes, _options: ControllerOptions): () => void {
  return () => {};
}
