import { setTimeout as sleep } from "node:timers/promises";

/** Growing pauses with jitter, so that a thousand agents do not come back in the same second. */
export type Backoff = {
  /** Waits, longer each time until `reset`; ends early, without an error, when the signal fires. */
  wait(signal?: AbortSignal, atLeastMs?: number): Promise<void>;
  reset(): void;
};

/** Pauses that double from `firstMs` to `mostMs`, each between half and the whole of that. */
export function backoff(options: { firstMs: number; mostMs: number; random?: () => number }): Backoff {
  const random = options.random ?? Math.random;
  let nextMs = options.firstMs;
  return {
    async wait(signal, atLeastMs = 0) {
      const waitMs = Math.max(nextMs, atLeastMs) * (0.5 + random() / 2);
      nextMs = Math.min(nextMs * 2, options.mostMs);
      await sleep(waitMs, undefined, { signal }).catch(() => undefined);
    },
    reset() {
      nextMs = options.firstMs;
    },
  };
}
