type Flight = { work: Promise<unknown>; abort: AbortController; waiting: number };

/**
 * Runs equal work once: callers that ask for a key that is under way share its outcome. One caller's
 * abort ends its own wait; the work itself is aborted once nobody waits for it.
 */
export function coalesced() {
  const flights = new Map<string, Flight>();
  return async function run<T>(
    key: string,
    signal: AbortSignal | undefined,
    begin: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    signal?.throwIfAborted();
    let flight = flights.get(key);
    if (!flight) {
      const abort = new AbortController();
      const made: Flight = { work: begin(abort.signal), abort, waiting: 0 };
      flight = made;
      flights.set(key, made);
      const leave = () => {
        if (flights.get(key) === made) flights.delete(key);
      };
      made.work.then(leave, leave);
    }
    const joined = flight;
    joined.waiting++;
    let stop = () => {};
    try {
      const aborted = new Promise<never>((_, reject) => {
        stop = () => reject(signal!.reason);
        signal?.addEventListener("abort", stop, { once: true });
      });
      return (await Promise.race([joined.work, aborted])) as T;
    } finally {
      signal?.removeEventListener("abort", stop);
      if (--joined.waiting === 0 && signal?.aborted) {
        flights.delete(key);
        joined.abort.abort(signal.reason);
      }
    }
  };
}

/** Runs work of one key one after another, whatever becomes of each. */
export function oneAtATime() {
  const tails = new Map<string, Promise<unknown>>();
  return async function run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = tails.get(key) ?? Promise.resolve();
    const mine = before.then(work, work);
    tails.set(key, mine);
    try {
      return await mine;
    } finally {
      if (tails.get(key) === mine) tails.delete(key);
    }
  };
}
