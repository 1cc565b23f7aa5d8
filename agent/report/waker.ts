/** Lets one loop sleep until there is work, and cut a pause short. */
export type Waker = {
  /** Returns when `wake` was called since the last wait, or the signal fires. */
  wait(): Promise<void>;
  wake(): void;
  /** Runs a pause that `cut` or the signal ends early. */
  pause(sleep: (signal: AbortSignal) => Promise<void>): Promise<void>;
  cut(): void;
};

/** A waker whose waits all end when `signal` fires. */
export function openWaker(signal: AbortSignal): Waker {
  let woken = false;
  let resume: (() => void) | null = null;
  let pausing: AbortController | null = null;
  const wake = () => {
    woken = true;
    resume?.();
  };
  const cut = () => pausing?.abort();
  signal.addEventListener("abort", () => {
    wake();
    cut();
  });
  return {
    async wait() {
      if (!woken && !signal.aborted)
        await new Promise<void>((resolve) => {
          resume = resolve;
        });
      woken = false;
      resume = null;
    },
    wake,
    async pause(sleep) {
      if (signal.aborted) return;
      pausing = new AbortController();
      await sleep(pausing.signal);
      pausing = null;
    },
    cut,
  };
}
