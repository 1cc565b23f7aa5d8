type Waiting = { go: () => void };

/** Several refusals within this time are one: they answer requests that left before anyone knew. */
const ONE_CUT_MS = 1000;

/**
 * How many requests are under way at once, over all environments: at most `most`, half as many each time the
 * API server says 429, and one more for every round that it takes (as TCP does it).
 */
export class Pace {
  readonly #most: number;
  readonly #now: () => number;
  readonly #waiting: Waiting[] = [];
  #limit: number;
  #running = 0;
  #cutAt = Number.NEGATIVE_INFINITY;

  constructor(most: number, now: () => number = () => performance.now()) {
    this.#most = most;
    this.#limit = most;
    this.#now = now;
  }

  /** How many may be under way now. */
  get limit(): number {
    return Math.max(1, Math.floor(this.#limit));
  }

  /** Resolves when there is room, first come first served; rejects as soon as the signal aborts. */
  async enter(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (this.#running < this.limit && this.#waiting.length === 0) {
      this.#running++;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const waiting: Waiting = {
        go: () => {
          signal?.removeEventListener("abort", abort);
          resolve();
        },
      };
      const abort = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", abort, { once: true });
      this.#waiting.push(waiting);
    });
  }

  /** A request has ended; `throttled` where the server asked for fewer of them. */
  leave(throttled: boolean): void {
    this.#running--;
    if (throttled) this.#cut();
    else this.#limit = Math.min(this.#most, this.#limit + 1 / this.#limit);
    while (this.#running < this.limit) {
      const next = this.#waiting.shift();
      if (!next) return;
      this.#running++;
      next.go();
    }
  }

  #cut(): void {
    if (this.#now() - this.#cutAt < ONE_CUT_MS) return;
    this.#cutAt = this.#now();
    this.#limit = Math.max(1, this.#limit / 2);
  }
}
